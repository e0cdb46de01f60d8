"""Speed as ratios against something else in the same run; every answer is asserted.

Run ``python -m benchmarks`` for all cases, ``python -m benchmarks assign`` for one,
``python -m benchmarks --smoke`` for the smallest size of each, once.
"""
