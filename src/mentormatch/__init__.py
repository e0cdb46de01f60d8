"""Mentor matching for schools."""
