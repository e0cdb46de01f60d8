"""The matching problem as a circulation, and longest paths in its residual graph."""
