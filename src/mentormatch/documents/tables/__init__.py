"""Workbooks that a school keeps: bases, registers, comparisons, the roadmap."""
