"""A year as a curator lives it: one call for each step, and the sheets to fill in."""
