"""Check a saved result with the standard library alone: ``python verify_standalone.py FILE``.

This file needs nothing else: copy it anywhere. It proves that the pairs in the
file are the best possible for the scores and limits in the file, or that these
limits can't be kept, by the inequalities that ``mentormatch.analysis.certificate``
explains. Exit code 0 means proven, 1 not proven, 2 unreadable.
"""

import base64
import json
import sys
import zlib
from array import array
from collections import Counter
from collections.abc import Iterator
from typing import Any

SIDES = ("mentee", "mentor")


def column(packed: Any, count: int = 0) -> list[int]:
    """Read a column of integers; a missing one is so many zeros."""
    if packed is None:
        return [0] * count
    numbers = array("q", zlib.decompress(base64.b64decode(packed["zlib"])))
    if sys.byteorder == "big":
        numbers.byteswap()
    if len(numbers) != packed["count"]:
        raise ValueError("a column is not as long as it says")
    return numbers.tolist()


def bounds(packed: Any) -> list[tuple[int, int]]:
    """Read least and most."""
    return list(zip(column(packed["least"]), column(packed["most"]), strict=True))


def limits(problem: Any) -> dict[str, list[tuple[int, int]]]:
    """Read the bounds of everybody and of every part of somebody's pairs."""
    of = {"mentee": bounds(problem["demand"]), "mentor": bounds(problem["capacity"])}
    for side in SIDES:
        parts = problem[f"{side}_parts"]
        of[f"{side}_part"] = [] if parts is None else bounds(parts)
    return of


def ends(problem: Any, side: str) -> list[tuple[str, int]]:
    """List the node at which each pair arc ends on one side: the person's, or its part's."""
    people, parts = column(problem[side]), problem[f"{side}_parts"]
    of = [-1] * len(people) if parts is None else column(parts["of"])
    return [
        (f"{side}_part", p) if p >= 0 else (side, who) for p, who in zip(of, people, strict=True)
    ]


def gains(problem: Any, name: str, count: int) -> list[tuple[int, ...]]:
    """Read what a unit gains at each goal."""
    goals = [column(goal.get(name), count) for goal in problem["objectives"]]
    return list(zip(*goals, strict=True))


def arcs(problem: Any) -> Iterator[tuple[Any, Any, int, int, tuple[int, ...]]]:
    """Yield (tail, head, least, most, gains) for every arc of the circulation."""
    pinned, banned = set(column(problem["pinned"])), set(column(problem["banned"]))
    tails, heads = (ends(problem, side) for side in SIDES)
    pairs = zip(tails, heads, gains(problem, "pair", len(tails)), strict=True)
    for place, (tail, head, gain) in enumerate(pairs):
        yield tail, head, int(place in pinned), int(place not in banned), gain
    of, nothing = limits(problem), (0,) * len(problem["objectives"])
    first, further = (gains(problem, name, len(of["mentee"])) for name in ("first", "further"))
    for who, (least, most) in enumerate(of["mentee"]):
        yield "hub", ("mentee", who), min(least, 1), min(most, 1), first[who]
        yield "hub", ("mentee", who), max(least - 1, 0), most - min(most, 1), further[who]
    for who, (least, most) in enumerate(of["mentor"]):
        yield ("mentor", who), "hub", least, most, nothing
    for side in SIDES:
        parts = problem[f"{side}_parts"]
        owners = [] if parts is None else column(parts["owner"])
        for place, (who, (least, most)) in enumerate(zip(owners, of[f"{side}_part"], strict=True)):
            tail, head = (side, who), (f"{side}_part", place)
            yield (tail, head, least, most, nothing) if side == "mentee" else (
                head, tail, least, most, nothing
            )  # fmt: skip


def keeps_limits(problem: Any, chosen: list[int]) -> bool:
    """Count whether the chosen pairs keep every limit."""
    if len(set(chosen)) < len(chosen) or not set(column(problem["pinned"])) <= set(chosen):
        return False
    if set(chosen) & set(column(problem["banned"])):
        return False
    load: Counter[Any] = Counter()
    for side in SIDES:
        people, nodes = column(problem[side]), ends(problem, side)
        for place in chosen:
            load.update({(side, people[place]), nodes[place]})
    return all(
        least <= load[node, who] <= most
        for node, each in limits(problem).items()
        for who, (least, most) in enumerate(each)
    )


def values(problem: Any, chosen: list[int]) -> tuple[int, ...]:
    """Add up what the chosen pairs gain at each goal."""
    people = column(problem["mentee"])
    served = Counter(people[place] for place in chosen)
    mentees = len(limits(problem)["mentee"])
    pair = gains(problem, "pair", len(people))
    first, further = (gains(problem, name, mentees) for name in ("first", "further"))
    parts = [pair[place] for place in chosen] + [first[who] for who in served]
    parts += [tuple(gain * (n - 1) for gain in further[who]) for who, n in served.items()]
    return tuple(map(sum, zip(*parts, strict=True))) or (0,) * len(problem["objectives"])


def most_possible(problem: Any, witness: Any) -> tuple[int, ...]:
    """Add up what the prices allow any matching to gain."""
    level: dict[Any, tuple[int, ...]] = {"hub": (0,) * len(problem["objectives"])}
    for node in limits(problem):
        prices = zip(*(column(goal) for goal in witness[f"{node}s"]), strict=True)
        sign = 1 if node.startswith("mentor") else -1
        level |= {(node, who): tuple(sign * p for p in each) for who, each in enumerate(prices)}
    total = list(level["hub"])
    for tail, head, least, most, gain in arcs(problem):
        rest = [g + a - b for g, a, b in zip(gain, level[tail], level[head], strict=True)]
        flow = most if rest > [0] * len(rest) else least
        total = [sum_ + flow * part for sum_, part in zip(total, rest, strict=True)]
    return tuple(total)


def impossible(problem: Any, witness: Any) -> bool:
    """Tell whether the set of nodes must receive more than it can pass on."""
    inside: dict[Any, bool] = {"hub": bool(witness["hub"])}
    for node in limits(problem):
        inside |= {(node, who): bool(x) for who, x in enumerate(column(witness[f"{node}s"]))}
    enters = leaves = 0
    for tail, head, least, most, _ in arcs(problem):
        if least > most:
            return True
        enters += least if inside[head] and not inside[tail] else 0
        leaves += most if inside[tail] and not inside[head] else 0
    return enters > leaves


def check(result: Any) -> str:
    """Say whether a result proves what it claims: "proven", or what is wrong with it."""
    problem, witness, chosen = result["problem"], result["certificate"], column(result["chosen"])
    if witness is None:
        return "the file holds no certificate"
    if witness["kind"] == "cut":
        return "proven" if impossible(problem, witness) else "the cut proves nothing"
    people = [column(problem[side]) for side in SIDES]
    named = [
        [result["mentors"][people[1][place]], result["mentees"][people[0][place]]]
        for place in chosen
    ]
    if sorted(named) != sorted(pair[:2] for pair in result["pairs"]):
        return "the list of pairs is not the choice that is proven"
    if not keeps_limits(problem, chosen):
        return "the pairs break a limit"
    reached = values(problem, chosen)
    if [level["value"] for level in result["levels"]] != list(reached):
        return "the levels are not what the pairs add up to"
    return "proven" if reached == most_possible(problem, witness) else "more may be possible"


def main(arguments: list[str]) -> int:
    """Check the file named on the command line."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python verify_standalone.py RESULT.json\n")
        return 2
    try:
        with open(arguments[0], encoding="utf-8") as file:
            verdict = check(json.load(file))
    except (
        OSError,
        ValueError,
        KeyError,
        IndexError,
        TypeError,
        AttributeError,
        zlib.error,
    ) as error:
        sys.stderr.write(f"unreadable: {type(error).__name__}\n")
        return 2
    sys.stdout.write(verdict + "\n")
    return 0 if verdict == "proven" else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
