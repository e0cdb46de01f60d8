"""Answers that solve again: what would help, whom to recruit, how far weights can move."""
