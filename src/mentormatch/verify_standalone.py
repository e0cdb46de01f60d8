"""Check a saved result with the standard library alone: ``python verify_standalone.py FILE``.

This file needs nothing else: copy it anywhere. It proves that the pairs in the
file are the best possible for the scores and limits in the file, or that these
limits can't be kept, by the inequality that ``mentormatch.analysis.certificate``
explains. Exit code 0 means proven, 1 not proven, 2 unreadable.
"""

import base64
import json
import sys
import zlib
from array import array
from collections import Counter
from collections.abc import Iterator
from copy import copy
from itertools import pairwise
from typing import Any

Vector = tuple[int, ...]
Node = tuple[str, int]


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


def places(packed: Any, count: int) -> list[int]:
    """Read positions among so many."""
    return within(column(packed), count)


def within(numbers: list[int], count: int) -> list[int]:
    """Refuse positions outside: Python would count those below zero from the end."""
    if not all(0 <= number < count for number in numbers):
        raise ValueError("a position lies outside")
    return numbers


class Problem:
    """The problem of a result file: nodes, their bounds, and what each goal counts."""

    def __init__(self, content: Any) -> None:
        self.bounds = {
            "mentee": self._bounds(content["demand"]),
            "mentor": self._bounds(content["capacity"]),
        }
        self.people = {
            side: places(content[side], len(bounds)) for side, bounds in self.bounds.items()
        }
        pairs = list(zip(*self.people.values(), strict=True))
        if any(one >= other for one, other in pairwise(pairs)):
            raise ValueError("a pair stands twice, or pairs aren't in order")
        self.size = len(pairs)
        self.pinned = set(places(content["pinned"], self.size))
        self.banned = set(places(content["banned"], self.size))
        self.ends: dict[str, list[Node]] = {}
        self.owners: dict[str, list[int]] = {}
        for side, people in self.people.items():
            parts = content[f"{side}_parts"]
            of = [-1] * self.size if parts is None else self._parts_of(parts, people)
            if parts is not None and parts["if_any"]:
                raise ValueError("prices know of no bounds that hold for some")
            self.ends[side] = [
                (f"{side}_part", part) if part >= 0 else (side, who)
                for part, who in zip(of, people, strict=True)
            ]
            self.owners[side] = [] if parts is None else column(parts["owner"])
            self.bounds[f"{side}_part"] = [] if parts is None else self._bounds(parts)
        self.quotas = content["quotas"]
        for quota in self.quotas:
            for side in self.people:
                places(quota[f"{side}s"], len(self.bounds[side]))
            places(quota.get("pairs"), self.size)
            same = column(quota["same"])
            within(same[::2], len(self.bounds["mentor"]))
            within(same[1::2], len(self.bounds["mentee"]))
        self.exclusive = rows(content["exclusive"], self.size)
        self.together = rows(content["together"], self.size)
        self.or_none = column(content["or_none"], len(self.bounds["mentor"]))
        self.crossing = content["crossing"]
        for parts in self.crossing:
            self._parts_of(parts, self.people["mentor"])
        self.goals = content["objectives"]
        self.scale = 1

    @staticmethod
    def _parts_of(parts: Any, people: list[int]) -> list[int]:
        """Read which part each pair is in, if any: one of its own person's."""
        of, owners = column(parts["of"]), column(parts["owner"])
        if any(part >= 0 and owners[part] != who for part, who in zip(of, people, strict=True)):
            raise ValueError("a pair is in somebody else's part")
        return of

    @staticmethod
    def _bounds(packed: Any) -> list[tuple[int, int]]:
        return list(zip(column(packed["least"]), column(packed["most"]), strict=True))

    def gains(self, name: str, count: int) -> list[Vector]:
        """Read what a unit gains at each goal."""
        columns = [column(goal.get(name), count) for goal in self.goals]
        return [tuple(self.scale * gain for gain in unit) for unit in zip(*columns, strict=True)]

    def counts(self, chosen: list[int]) -> tuple[Counter[Node], list[int]]:
        """Count the pairs of everybody and every part, and what each quota counts."""
        load: Counter[Node] = Counter()
        for place in chosen:
            for side, people in self.people.items():
                load.update({(side, people[place]), self.ends[side][place]})
        counted = []
        for quota in self.quotas:
            if "pairs" in quota:
                counted.append(len(set(chosen) & set(column(quota["pairs"]))))
                continue
            who = [(s, p) for s in ("mentor", "mentee") for p in column(quota[f"{s}s"])]
            if quota["counts"] == "pairs":
                counted.append(sum(load[node] for node in who))
                continue
            same = column(quota["same"])
            twice = zip(same[::2], same[1::2], strict=True)
            total = sum(load[node] > 0 for node in who)
            total -= sum(load["mentor", a] > 0 and load["mentee", b] > 0 for a, b in twice)
            counted.append(total)
        return load, counted

    def keeps_limits(self, chosen: list[int]) -> bool:
        """Count whether the chosen pairs keep every limit."""
        taken = set(chosen)
        if len(taken) < len(chosen) or not self.pinned <= taken or taken & self.banned:
            return False
        load, counted = self.counts(chosen)
        if any(len(taken.intersection(row)) > 1 for row in self.exclusive):
            return False
        if any(len(taken.intersection(row)) == 1 for row in self.together):
            return False
        if any(0 < load["mentor", who] < least for who, least in enumerate(self.or_none)):
            return False
        if not all(self._keeps_parts(parts, chosen, load) for parts in self.crossing):
            return False
        return all(
            least <= load[side, who] <= most
            for side, bounds in self.bounds.items()
            for who, (least, most) in enumerate(bounds)
        ) and all(
            quota["least"] <= count <= quota["most"]
            for quota, count in zip(self.quotas, counted, strict=True)
        )

    def _keeps_parts(self, parts: Any, chosen: list[int], load: Counter[Node]) -> bool:
        """Count the pairs in parts that no price is about."""
        of, owners = column(parts["of"]), column(parts["owner"])
        counted = Counter(of[place] for place in chosen)
        return all(
            counted[part] <= most
            and (counted[part] >= least or (parts["if_any"] and not load["mentor", who]))
            for part, (who, (least, most)) in enumerate(
                zip(owners, self._bounds(parts), strict=True)
            )
        )

    def values(self, chosen: list[int]) -> Vector:
        """Add up what the chosen pairs gain at each goal."""
        load, counted = self.counts(chosen)
        total = [0] * len(self.goals)
        for goal, gain in enumerate(self.goals):
            pair = column(gain.get("pair"), self.size)
            total[goal] += sum(pair[place] for place in chosen)
            mentees, mentors = len(self.bounds["mentee"]), len(self.bounds["mentor"])
            first, further = (
                column(gain.get("first"), mentees),
                column(gain.get("further"), mentees),
            )
            square, enough = column(gain.get("square"), mentors), column(gain.get("quota"))
            for (side, who), count in load.items():
                if side == "mentee":
                    total[goal] += first[who] + further[who] * (count - 1)
                elif side == "mentor":
                    total[goal] -= square[who] * count**2
            for each, quota, count in zip(enough, self.quotas, counted, strict=False):
                total[goal] += each * min(count, quota["wanted"])
        return tuple(total)

    def clashes(self) -> bool:
        """Tell whether some least exceeds its most."""
        crossing = [self._bounds(parts) for parts in self.crossing if not parts["if_any"]]
        bounds = [pair for each in (*self.bounds.values(), *crossing) for pair in each]
        bounds += [(quota["least"], quota["most"]) for quota in self.quotas]
        return any(least > most for least, most in bounds) or bool(self.pinned & self.banned)

    def reduced(self, prices: dict[str, list[Vector]]) -> Iterator[tuple[Vector, int, int]]:
        """Yield reduced gains, least and most flow of every arc of the circulation."""
        toll = self._toll(prices["quota"])
        mentees, mentors = self.bounds["mentee"], self.bounds["mentor"]
        start, rest = self.gains("first", len(mentees)), self.gains("further", len(mentees))
        for who, (least, most) in enumerate(mentees):
            price, once = prices["mentee"][who], min(most, 1)
            yield less(add(start[who], price), toll["mentee", who, 1]), min(least, 1), once
            gain = less(add(rest[who], price), toll["mentee", who, 2])
            yield gain, max(least - 1, 0), most - once
        square = self.gains("square", len(mentors))
        for who, (least, most) in enumerate(mentors):
            for number in range(most):
                gain = tuple(-each * (2 * number + 1) for each in square[who])
                costs = toll["mentor", who, 1 if number == 0 else 2]
                yield less(add(gain, prices["mentor"][who]), costs), int(number < least), 1
        for side in self.people:
            for part, who in enumerate(self.owners[side]):
                gain = less(prices[f"{side}_part"][part], prices[side][who])
                yield gain, *self.bounds[f"{side}_part"][part]
        enough = self.gains("quota", len(self.quotas))
        for place, quota in enumerate(self.quotas):
            (least, most), price = self.linear(quota), prices["quota"][place]
            wanted = min(quota["wanted"], most)
            yield add(enough[place], price), min(least, wanted), wanted
            yield price, max(least - wanted, 0), most - wanted
        pair = self.gains("pair", self.size)
        for quota, price in zip(self.quotas, prices["quota"], strict=True):
            for place in column(quota.get("pairs")):
                pair[place] = less(pair[place], price)
        for place in range(self.size):
            gain = pair[place]
            for end in self.ends.values():
                side, who = end[place]
                gain = less(gain, prices[side][who])
            yield gain, int(place in self.pinned), int(place not in self.banned)

    def linear(self, quota: Any) -> tuple[int, int]:
        """Bound a quota's count when people on both sides are counted on each."""
        same = column(quota["same"])
        ends = [
            (self.bounds["mentor"][mentor], self.bounds["mentee"][mentee])
            for mentor, mentee in zip(same[::2], same[1::2], strict=True)
        ]
        surely = sum(mine[0] > 0 and theirs[0] > 0 for mine, theirs in ends)
        possibly = sum(mine[1] > 0 and theirs[1] > 0 for mine, theirs in ends)
        return quota["least"] + surely, quota["most"] + possibly

    def cases(self, kind: str, index: int) -> Iterator["Problem"]:
        """Split in two, so that each matching keeps the limits of one."""
        if index < 0:
            raise IndexError(kind)
        for side in (0, 1):
            case = copy(self)
            case.pinned, case.banned = set(self.pinned), set(self.banned)
            case.bounds = {name: list(bounds) for name, bounds in self.bounds.items()}
            if kind == "exclusive":
                case.banned.add(self.exclusive[index][side])
            elif kind == "together":
                (case.pinned if side else case.banned).update(self.together[index])
            else:
                who = {"load": "mentor", "mentor": "mentor", "mentee": "mentee"}[kind]
                least, most = case.bounds[who][index]
                enough = self.or_none[index] if kind == "load" else 1
                case.bounds[who][index] = (max(least, enough), most) if side else (least, 0)
            yield case

    def proves(self, proof: Any, values: Vector | None) -> bool:
        """Tell whether no matching gains more than these values, or there is none."""
        if "case" in proof:
            cases = self.cases(proof["case"], proof["index"])
            return all(
                case.proves(proof[side], values)
                for case, side in zip(cases, ("left", "right"), strict=True)
            )
        if self.clashes():
            return True
        if len(proof["mentors"]) == 1 and self.without_goals().most_possible(proof) < (0,):
            return True
        if values is None:
            return False
        case = copy(self)
        case.scale = int(proof.get("scale", 1))
        return case.scale > 0 and case.most_possible(proof) <= tuple(
            case.scale * value for value in values
        )

    def without_goals(self) -> "Problem":
        """Return the same limits with nothing to gain."""
        case = copy(self)
        case.goals = [{}]
        return case

    def _toll(self, prices: list[Vector]) -> dict[tuple[str, int, int], Vector]:
        """Add up what quotas cost everybody's first pair (1) and further ones (2)."""
        toll = {
            (side, who, seat): (0,) * len(self.goals)
            for side in self.people
            for who in range(len(self.bounds[side]))
            for seat in (1, 2)
        }
        for quota, price in zip(self.quotas, prices, strict=True):
            for side in self.people:
                for who in column(quota[f"{side}s"]):
                    for seat in (1, 2) if quota["counts"] == "pairs" else (1,):
                        toll[side, who, seat] = add(toll[side, who, seat], price)
        return toll

    def most_possible(self, certificate: Any) -> Vector:
        """Add up what the prices allow any matching to gain."""
        prices = {
            name: list(zip(*(column(goal) for goal in certificate[f"{name}s"]), strict=True))
            for name in (*self.bounds, "quota")
        }
        total = (0,) * len(self.goals)
        for gain, least, most in self.reduced(prices):
            flow = most if gain > (0,) * len(gain) else least
            total = add(total, tuple(flow * part for part in gain))
        return total


def rows(packed: Any, count: int) -> list[list[int]]:
    """Read rows of two different positions among so many."""
    numbers = places(packed, count)
    found = [numbers[place : place + 2] for place in range(0, len(numbers), 2)]
    if any(len(set(row)) < 2 for row in found):
        raise ValueError("a row isn't of two")
    return found


def add(one: Vector, other: Vector) -> Vector:
    """Add vectors."""
    return tuple(a + b for a, b in zip(one, other, strict=True))


def less(one: Vector, other: Vector) -> Vector:
    """Subtract a vector."""
    return tuple(a - b for a, b in zip(one, other, strict=True))


def check(result: Any) -> str:
    """Say whether a result proves what it claims: "proven", or what is wrong with it."""
    if result.get("grouping"):
        return "groups whose mentees suit each other are checked by the library alone"
    problem = Problem(result["problem"])
    chosen = places(result["chosen"], problem.size)
    certificate = result["certificate"]
    if certificate is None:
        return "the file holds no certificate"
    if "best_for" in certificate:
        return "a stable matching has no prices: check it with `mentormatch verify`"
    people = problem.people
    if any(len(set(result[f"{side}s"])) != len(problem.bounds[side]) for side in people):
        raise ValueError("a code stands for two people")
    named = [
        [result["mentors"][people["mentor"][place]], result["mentees"][people["mentee"][place]]]
        for place in chosen
    ]
    if sorted(named) != sorted(pair[:2] for pair in result["pairs"]):
        return "the list of pairs is not the choice that is proven"
    if result["status"] == "infeasible":
        return "proven" if problem.proves(certificate, None) else "a matching may be possible"
    if not problem.keeps_limits(chosen):
        return "the pairs break a limit"
    reached, levels = problem.values(chosen), result["levels"]
    goals = [goal["goal"] for goal in problem.goals]
    if [(level["goal"], level["value"]) for level in levels] != list(
        zip(goals, reached, strict=True)
    ):
        return "the levels are not what the pairs add up to"
    if not problem.proves(certificate, reached):
        return "more may be possible"
    words = {level["proof"] for level in levels}
    if "best_found" in words:
        return "proven but for the pairs of equals, of which there may be better ones"
    if "solver_proved" in words:
        return "proven but for the pairs of equals, which are the solver's word"
    plain = all(it["bound"] == it["value"] and it.get("unit", 1) == 1 for it in levels)
    if result["status"] != "optimal" or not plain:
        return "the file says something else than is proven"
    return "proven"


def main(arguments: list[str]) -> int:
    """Check the file named on the command line."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python verify_standalone.py RESULT.json\n")
        return 2
    try:
        with open(arguments[0], encoding="utf-8") as file:
            verdict = check(json.load(file))
    except (OSError, ValueError, LookupError, TypeError, AttributeError, zlib.error) as error:
        sys.stderr.write(f"unreadable: {type(error).__name__}\n")
        return 2
    sys.stdout.write(verdict + "\n")
    return 0 if verdict == "proven" else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
