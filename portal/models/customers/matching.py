"""Comparing many names with one query: a small automaton that is made as far as the names need it.

Each character of a name takes itself or a beginning of one of its readings away from the query. A name matches when
consecutive characters of it take the whole query. Every state keeps how far that has come, so that a name is compared
in as many steps as it has characters: no backtracking, whatever is typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from portal.models.customers.readings import is_ideograph, readings

# How well a name fits. In full: every character but as itself or by a whole reading.
WHOLE, BEGINS, WHOLE_SHORT, BEGINS_SHORT, INSIDE, MISS = range(6)

Moves = list[tuple[int, int, bool]]


class Beginning(NamedTuple):
    """The beginning of a reading: the characters that may be typed by it, and the whole readings; used as sets."""

    chars: dict[str, bool]
    readings: dict[str, bool]


class State(dict[str, "State"]):
    """Where the automaton stands: positions of the query that are reached, as bits, by three ways of comparing.

    ``inside`` may begin at any character of the name, ``short`` at its first one, ``full`` too and by whole readings.
    A bit above the query's end says that the end was reached by an earlier character.
    """

    __slots__ = ("_full", "_inside", "_lost", "_matcher", "_short", "rank")

    def __init__(self, matcher: Matcher, inside: int, short: int, full: int) -> None:
        super().__init__()
        self._matcher, self._inside, self._short, self._full = matcher, inside, short, full
        self._lost: State | None = None
        self.rank = matcher.rank(inside, short, full)

    def __missing__(self, char: str) -> State:
        moves = self._matcher.moves.get(char)
        found = self[char] = self._elsewhere() if moves is None else self._after(moves)
        return found

    def _after(self, moves: Moves) -> State:
        matcher = self._matcher
        inside, short, full = matcher.moved(self._inside, moves) | 1, 0, 0
        if self._short:
            short = matcher.moved(self._short, moves)
        if self._full:
            full = matcher.moved(self._full, [move for move in moves if move[2]])
        return matcher.state(inside, short, full)

    def _elsewhere(self) -> State:
        """After a character that the query says nothing of: most do not, so this is made once."""
        if self._lost is None:
            self._lost = self._after([])
        return self._lost


class Matcher:
    """The automaton of one query. ``beginnings`` of readings, of all characters there are."""

    def __init__(self, query: str, beginnings: Mapping[str, Beginning]) -> None:
        self._end = 1 << len(query)
        self._ended = self._end << 1
        self._states: dict[tuple[int, int, int], State] = {}
        self.moves = _moves(query, beginnings)
        self.start = self.state(1, 1, 1)

    def state(self, inside: int, short: int, full: int) -> State:
        """The one state of these positions."""
        key = inside, short, full
        found = self._states.get(key)
        if found is None:
            found = self._states[key] = State(self, inside, short, full)
        return found

    def moved(self, reached: int, moves: Moves) -> int:
        """The positions reached after one more character."""
        after = self._ended if reached >= self._end else 0
        for start, stop, _ in moves:
            if reached >> start & 1:
                after |= 1 << stop
        return after

    def rank(self, inside: int, short: int, full: int) -> int:
        """How well a name fits that ends here."""
        if full & self._end:
            return WHOLE
        if full & self._ended:
            return BEGINS
        if short & self._end:
            return WHOLE_SHORT
        if short & self._ended:
            return BEGINS_SHORT
        return INSIDE if inside >= self._end else MISS


def _moves(query: str, beginnings: Mapping[str, Beginning]) -> dict[str, Moves]:
    """What each character can take away: from where, up to where, and whether that is all of a reading."""
    moves: dict[str, Moves] = {}
    for start, char in enumerate(query):
        if is_ideograph(char):
            moves.setdefault(char, []).append((start, start + 1, True))
        for stop in range(start + 1, len(query) + 1):
            taken = query[start:stop]
            beginning = beginnings.get(taken)
            if beginning is None:
                break
            for one in beginning.chars:
                moves.setdefault(one, []).append((start, stop, taken in readings(one)))
    return moves
