"""The best priced groups of one mentor: branch and bound over whole arrays of partial groups.

A partial group knows its final size and its youngest member, so that mean affinity
is linear and the window of ages is fixed. All partial groups of one depth are
extended together; an extension is dropped when its members, the best possible
rest and half of the best affinities between them don't exceed the threshold. When
more stay than the width allows, the least promising are given up, and what they
might have reached is part of the bound.
"""

from dataclasses import dataclass, fields, replace

import numpy as np

from mentormatch.grouping import Bools, Group
from mentormatch.problem import Int64
from mentormatch.solvers.groups.ground import Aim, Ground

# Stands for "can't be": lower than any sum of gains, and a few of them still add up.
NEVER = -(1 << 57)
# What those gain who already have a group, in any other.
TAKEN = -(1 << 56)


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What a search found.

    Parameters
    ----------
    groups
        Groups above the threshold and their priced gain, the best first.
    bound
        No group gains more than this.
    complete
        Whether every group above the threshold is among them.
    """

    groups: list[tuple[int, Group]]
    bound: int
    complete: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Room:
    """The candidates of one mentor under prices, the most promising first.

    ``inside[w, i]`` says that candidate i may be in a group whose youngest is of
    the w-th age.
    """

    who: Int64
    gain: Int64
    raw: Int64
    mates: Bools
    window: Int64
    inside: Bools

    def take(self, rows: Int64) -> "_Room":
        """Keep some candidates, in the order given."""
        square = np.ix_(rows, rows)
        raw, mates = self.raw[square], self.mates[square]
        return _Room(
            self.who[rows], self.gain[rows], raw, mates, self.window[rows], self.inside[:, rows]
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Front:
    """Partial groups of one depth.

    Members, the final size (by place), the window of the youngest, what the members
    gain, what each candidate would add to it, and who may be added.
    """

    members: Int64
    place: Int64
    window: Int64
    value: Int64
    attach: Int64
    may: Bools

    def take(self, rows: Int64) -> "_Front":
        """Keep some of the partial groups."""
        return _Front(*(getattr(self, entry.name)[rows] for entry in fields(self)))

    def joined(self, room: _Room, rows: Int64, joining: Int64, factor: Int64) -> "_Front":
        """Let somebody join each of these partial groups; only later candidates may follow."""
        front = self.take(rows)
        later = np.arange(len(room.who)) > joining[:, None]
        return _Front(
            np.column_stack([front.members, joining]),
            front.place,
            front.window,
            front.value + front.attach[np.arange(len(rows)), joining],
            front.attach + 2 * factor[front.place][:, None] * room.raw[joining],
            front.may & later & room.mates[joining],
        )


class Pricing:
    """Searches for the groups of one mentor.

    Parameters
    ----------
    ground
        The problem.
    mentor
        Whose groups.
    """

    def __init__(self, ground: Ground, mentor: int) -> None:
        problem = ground.problem
        who = np.flatnonzero(ground.allowed[:, mentor])
        age = np.zeros(len(who), np.int64) if problem.age is None else problem.age[who]
        youngest, window = np.unique(age, return_inverse=True)
        inside = (age >= youngest[:, None]) & (age <= youngest[:, None] + problem.span)
        square = np.ix_(who, who)
        raw, mates = ground.raw[square], ground.mates[square]
        most = int(problem.size.most[mentor])
        self._ground = ground
        self._mentor = mentor
        self._room = _Room(who, np.zeros(len(who), np.int64), raw, mates, window, inside)
        self._sizes = np.arange(problem.size.least[mentor], most + 1)

    def search(
        self, aim: Aim, unit: int, gain: Int64, threshold: int, *, width: int, keep: int
    ) -> Found:
        """Find groups whose members gain more than a threshold together.

        Parameters
        ----------
        aim
            The goal, for its cohesion.
        unit
            Fraction of the goal's unit in which gains are counted.
        gain
            What every mentee gains beyond its price, or ``TAKEN``; shape (mentees,).
        threshold
            Only better groups are of interest.
        width
            How many partial groups of one depth are followed.
        keep
            How many groups are returned.
        """
        factor = np.zeros(len(self._sizes), np.int64)
        for place, size in enumerate(self._sizes.tolist()):
            if size > 1:
                factor[place] = unit * aim.cohesion * (self._ground.problem.scale // (size - 1))
        hunt = _Hunt(
            self._ground,
            self._mentor,
            self._sizes,
            factor,
            threshold=threshold,
            width=width,
            keep=keep,
        )
        room = replace(self._room, gain=gain[self._room.who])
        return hunt.run(room.take(np.flatnonzero(room.gain > TAKEN)))


class _Hunt:
    """One search; it remembers what the partial groups that it gave up might have reached."""

    def __init__(
        self,
        ground: Ground,
        mentor: int,
        sizes: Int64,
        factor: Int64,
        *,
        threshold: int,
        width: int,
        keep: int,
    ) -> None:
        self._problem = ground.problem
        self._together = ground.together
        self._mentor = mentor
        self._sizes = sizes
        self._factor = factor
        self._width = width
        self._keep = keep
        self._threshold = threshold
        self._given_up = threshold
        self._complete = True
        self._found: list[tuple[int, tuple[int, ...]]] = []

    def run(self, room: _Room) -> Found:
        """Search among the candidates of a mentor."""
        places, mates = np.arange(len(self._sizes)), self._sizes - 1
        for _ in range(2):
            room = self._promising(room, self._halves(room, places, mates), self._width)
        room = self._with_mates(room)
        if len(room.who):
            front = self._seeds(room)
            # Every size with every number of mates that may still be missing, in a row.
            places, mates = np.indices((len(self._sizes), int(self._sizes.max())))
            halves = self._halves(room, places.ravel(), mates.ravel()) - room.gain
            halves = halves.reshape(len(room.inside), *places.shape, len(room.who))
            while len(front.members):
                front = self._extended(room, front, halves)
        self._found.sort(key=lambda entry: (-entry[0], entry[1]))
        complete = self._complete and len(self._found) <= self._keep
        bound = max([self._given_up] + [value for value, _ in self._found[:1]])
        groups = [(value, Group(self._mentor, who)) for value, who in self._found[: self._keep]]
        return Found(groups, bound, complete)

    def _within_width(self, reach: Int64, order: Int64, width: int) -> Int64:
        """Give up what is beyond the width; ``reach``, descending, bounds each in order."""
        if len(order) > width and reach[width] > self._threshold:
            self._given_up = max(self._given_up, int(reach[width]))
            self._complete = False
        return order[:width]

    def _halves(self, room: _Room, places: Int64, mates: Int64) -> Int64:
        """Bound what a candidate brings to a group, for some sizes and numbers of mates.

        With cohesion that is half of its own gain and, from each of the best mates,
        half of their affinity and an equal part of the other half of the mate's
        gain. Adding up a group's members counts everything once. Shape (windows,
        sizes, candidates).
        """
        shared = room.gain if self._factor.any() else np.zeros_like(room.gain)
        count = np.maximum(mates, 1)[:, None]
        gives = -((-shared) // (2 * count))
        own = np.where(mates[:, None] > 0, room.gain - shared // 2, room.gain)
        halves = np.full((len(room.inside), len(places), len(room.who)), NEVER)
        for window, inside in enumerate(room.inside):
            among = np.flatnonzero(inside)
            square = np.ix_(among, among)
            brings = self._factor[places][:, None, None] * room.raw[square]
            brings = np.where(room.mates[square], brings + gives[:, None, among], NEVER)
            most = min(int(mates.max(initial=0)), len(among))
            best = np.zeros((*brings.shape[:2], int(mates.max(initial=0)) + 1), np.int64)
            best[:, :, 1 : most + 1] = -np.sort(-brings, axis=2)[:, :, :most]
            best[:, :, most + 1 :] = NEVER
            best = np.cumsum(best, axis=2)[np.arange(len(places)), :, mates]
            halves[window][:, among] = np.maximum(own[:, among] + best, NEVER)
        return halves

    def _promising(self, room: _Room, halves: Int64, width: int) -> _Room:
        """Keep the candidates who may belong to a group above the threshold, the best first."""
        promise = np.full(len(room.who), NEVER)
        for place, size in enumerate(self._sizes.tolist()):
            if size > len(room.who):
                break
            half = np.where(room.inside, halves[:, place], NEVER)
            top = -np.sort(-half, axis=1)[:, :size]
            rest = top[:, : size - 1].sum(axis=1)[:, None]
            own = np.minimum(rest + half, top.sum(axis=1)[:, None])
            promise = np.maximum(promise, own.max(axis=0, initial=NEVER))
        order = np.argsort(-promise, kind="stable")
        order = self._within_width(promise[order], order, width)
        return room.take(order[promise[order] > self._threshold])

    def _seeds(self, room: _Room) -> _Front:
        """Start a group of every size with every candidate as its youngest member.

        Of several equally young, the first in order stands for the group.
        """
        people = len(room.who)
        later = np.triu(np.ones((people, people), np.bool_), 1)
        older = room.window > room.window[:, None]
        same = room.window == room.window[:, None]
        may = room.mates & room.inside[room.window] & (older | (same & later))
        members = np.repeat(np.arange(people), len(self._sizes))[:, None]
        place = np.tile(np.arange(len(self._sizes)), people)
        first = members[:, 0]
        attach = room.gain + 2 * self._factor[place][:, None] * room.raw[first]
        front = _Front(members, place, room.window[first], room.gain[first], attach, may[first])
        alone = self._sizes[place] == 1
        free = alone & (self._together.sum(axis=1)[room.who][first] == 0)
        self._collect(room, front.value[free], members[free])
        return self._narrowed(room, front.take(np.flatnonzero(~alone)))

    def _extended(self, room: _Room, front: _Front, halves: Int64) -> _Front:
        """Add one more member to every partial group, wherever that may still be worth it."""
        missing = self._sizes[front.place] - front.members.shape[1]
        brings = front.attach + halves[front.window, front.place, missing - 1]
        promise = np.where(front.may, brings, NEVER)
        most = min(int(missing.max()), promise.shape[1])
        top = np.zeros((len(promise), int(missing.max()) + 1), np.int64)
        top[:, 1 : most + 1] = -np.sort(np.partition(-promise, most - 1, axis=1)[:, :most], axis=1)
        top[:, most + 1 :] = NEVER
        top = np.cumsum(top, axis=1)
        rows = np.arange(len(top))
        rest, whole = top[rows, missing - 1][:, None], top[rows, missing][:, None]
        bound = front.value[:, None] + np.minimum(promise + rest, whole)
        last = missing == 1
        row, column = np.nonzero(bound[last] > self._threshold)
        row = np.flatnonzero(last)[row]
        self._collect(room, bound[row, column], np.column_stack([front.members[row], column]))
        bound[last] = NEVER
        row, column = np.nonzero(bound > self._threshold)
        reach = bound[row, column]
        order = np.argsort(-reach, kind="stable")
        order = self._within_width(reach[order], order, self._width)
        row, column = row[order], column[order]
        return self._narrowed(room, front.joined(room, row, column, self._factor))

    def _collect(self, room: _Room, values: Int64, members: Int64) -> None:
        """Keep finished groups above the threshold, the best of them when there are many."""
        order = np.argsort(-values, kind="stable")[: self._keep + 1]
        order = order[values[order] > self._threshold]
        people = np.sort(room.who[members[order]], axis=1)
        self._found += zip(values[order].tolist(), map(tuple, people.tolist()), strict=True)

    def _with_mates(self, room: _Room) -> _Room:
        """Leave out whose inseparable mates are no candidates."""
        while len(self._problem.together):
            outside = np.ones(self._problem.mentees, np.bool_)
            outside[room.who] = False
            lonely = np.flatnonzero((self._together & outside).any(axis=1))
            kept = np.flatnonzero(~np.isin(room.who, lonely))
            if len(kept) == len(room.who):
                break
            room = room.take(kept)
        return room

    def _awaited(self, room: _Room, front: _Front) -> Bools:
        """Tell whose inseparable mates are in each partial group without them."""
        with_whom = self._together[np.ix_(room.who, room.who)]
        awaited: Bools = np.logical_or.reduce(with_whom[front.members], axis=1)
        np.put_along_axis(awaited, front.members, False, axis=1)
        return awaited

    def _narrowed(self, room: _Room, front: _Front) -> _Front:
        """Rule out whom a kind's limit, an inseparable mate or common time keeps out."""
        problem, may = self._problem, front.may
        if len(problem.together):
            awaited = self._awaited(room, front)
            missing = self._sizes[front.place] - front.members.shape[1]
            spare = missing - awaited.sum(axis=1)
            brings = 1 + self._together[room.who].sum(axis=1)
            whole = (spare >= 0) & (front.may | ~awaited).all(axis=1)
            may = may & whole[:, None] & (awaited | (brings <= spare[:, None]))
        if problem.kind is not None and problem.kind_most is not None:
            kinds = problem.kind[room.who]
            full = [
                (kinds[front.members] == kind).sum(axis=1) >= most
                for kind, most in enumerate(problem.kind_most.tolist())
            ]
            full.append(np.zeros(len(may), np.bool_))  # kind -1, which has no limit
            may = may & ~np.stack(full, axis=1)[:, kinds]
        if problem.mentee_slots is not None and problem.mentor_slots is not None:
            slots = problem.mentee_slots[room.who] & problem.mentor_slots[self._mentor]
            shared = slots[front.members].all(axis=1).astype(np.float32)
            may = may & (shared @ slots.T.astype(np.float32) >= problem.common)
        return replace(front, may=may)
