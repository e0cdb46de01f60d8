"""A programme over time: the folder that a curator keeps, and what happens in it."""
