"""Documents of Word and text: orders, plans, letters, minutes, reports, protocols."""
