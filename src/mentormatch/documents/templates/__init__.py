"""Files of Word with placeholders: taken apart, checked, filled in."""
