# SPDX-License-Identifier: GPL-3.0-or-later
"""Which found bout is which true one: the rule of `Sources/evaluate/Matching.swift`, written a second time.

`compare.py` holds the two against each other on every session.
"""

from typing import NamedTuple

LONGEST_SPRINT = 60.0


class Bout(NamedTuple):
    kind: str
    start: float
    end: float


class Score(NamedTuple):
    """Of one session; times in s."""

    truth: int
    found: int
    pairs: list[tuple[Bout, Bout]]

    @property
    def f1(self) -> float | None:
        total = self.truth + self.found
        return 2 * len(self.pairs) / total if total else None

    @property
    def error(self) -> float:
        """The sum of the absolute errors of the pairs' ends."""
        return sum(abs(t.start - f.start) + abs(t.end - f.end) for t, f in self.pairs)

    def is_better_than(self, other: "Score | None") -> bool:
        if other is None:
            return True
        # A session with nothing to find: the fewer are found, the better.
        mine, theirs = (-s.found if s.truth == 0 else s.f1 for s in (self, other))
        return mine > theirs if mine != theirs else self.error < other.error


def bout(start: float, end: float) -> Bout:
    return Bout("interval" if end - start > LONGEST_SPRINT else "sprint", start, end)


def may_match(truth: Bout, found: Bout) -> bool:
    length = truth.end - truth.start
    if truth.kind != found.kind and abs(length - LONGEST_SPRINT) > 2:
        return False
    tolerance = max(5, 0.15 * length)
    return abs(found.start - truth.start) <= tolerance and abs(found.end - truth.end) <= tolerance


def score(truth: list[Bout], found: list[Bout]) -> Score:
    """The longest chain of pairs that keeps the order of both; among the longest the one of least error."""
    chains: list[tuple[int, float, int, int, int]] = []  # pairs, -error, truth, found, the chain before
    for i, true in enumerate(truth):
        for j, other in enumerate(found):
            if not may_match(true, other):
                continue
            error = abs(true.start - other.start) + abs(true.end - other.end)
            best = (0, 0.0, -1)
            for k, (pairs, gain, ti, fj, _) in enumerate(chains):
                if ti < i and fj < j:
                    best = max(best, (pairs, gain, k))
            chains.append((best[0] + 1, best[1] - error, i, j, best[2]))
    pairs = []
    place = max(range(len(chains)), key=lambda k: chains[k][:2], default=-1)
    while place >= 0:
        _, _, i, j, before = chains[place]
        pairs.append((truth[i], found[j]))
        place = before
    return Score(len(truth), len(found), pairs[::-1])
