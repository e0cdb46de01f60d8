"""The only home of OR-Tools, and a brute force that does without it."""
