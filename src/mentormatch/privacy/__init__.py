"""Privacy: what leaves the house, what is held back, who has looked, who has agreed."""
