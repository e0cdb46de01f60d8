"""The door for other systems: arrays in, answer out."""
