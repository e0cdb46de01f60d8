"""Run the benchmarks and print their ratios beside the goals."""

import argparse
import sys

import benchmarks.cases  # noqa: F401 - the cases register themselves
from benchmarks.registry import CASES


def main() -> int:
    """Run the named cases, or all; return 1 when a full run misses a goal."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help="cases to run; all when none is named")
    parser.add_argument("--smoke", action="store_true", help="smallest size, one round, no goals")
    parser.add_argument("--rounds", type=int, default=5, help="rounds per measurement")
    options = parser.parse_args()
    unknown = set(options.names) - {case.name for case in CASES}
    if unknown:
        parser.error(f"no such case: {', '.join(sorted(unknown))}")
    missed = 0
    print(
        f"{'case':8} {'size':>11} {'hardness':9} {'measured':42} {'ratio':>7} {'goal':>6}  against"
    )
    for case in CASES:
        if options.names and case.name not in options.names:
            continue
        for mentors, mentees in case.sizes[:1] if options.smoke else case.sizes:
            for hardness in case.hardness:
                rounds = 1 if options.smoke else options.rounds
                for row in case.measure(mentors, mentees, hardness, rounds):
                    size = f"{mentors}x{mentees}" if mentors else "-"
                    goal = "-" if row.goal is None else f"{row.goal:.2g}"
                    late = row.goal is not None and row.ratio > row.goal
                    missed += late
                    print(
                        f"{case.name:8} {size:>11} {hardness:9} {row.what:42} "
                        f"{row.ratio:6.2f}x {goal:>6}{'!' if late else ' '} "
                        f"{row.against} ({row.baseline:.3f} s)",
                        flush=True,
                    )
    return int(missed > 0 and not options.smoke)


if __name__ == "__main__":
    sys.exit(main())
