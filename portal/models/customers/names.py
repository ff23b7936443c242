"""People by their names, in memory: by any part of a name, by pinyin, by initials, and by a phone's last four digits.

No name is ever written to a disk for this: stored tokens of names can be ranked by how often they occur, which gives
nine of ten family names away. So the index is built from opened names, lives in one process and follows the database.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from itertools import chain
from typing import NamedTuple

from portal.models.customers.matching import MISS, Beginning, Matcher
from portal.models.customers.readings import fold, fold_query, is_ideograph, readings

MOST = 500_000  # 150 MB in each process that searches: 300 bytes a person
LONGEST = 40
NO_TAIL = 10_000
# Postings that nobody's name stands behind any more are swept when there are so many, and more than there are people.
SWEPT = 10_000


class Read(NamedTuple):
    """How a character is read, and the first letters of that."""

    readings: tuple[str, ...]
    initials: tuple[str, ...]


class NameIndex:
    """Sixteen-byte ids by name. Not safe between threads: its keeper has the lock. Never pickled, printed or logged.

    A person has a slot. A posting may outlive the name it was made for, so each hit is compared with the name that
    stands in the slot now: nothing stale is ever found, whatever was renamed or removed.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._slots: dict[bytes, int] = {}
        self._ids: list[bytes | None] = []
        self._names: list[str] = []
        self._tails = array("H")
        self._free: list[int] = []
        self._refused = 0
        self._clear_postings()

    def __len__(self) -> int:
        return len(self._slots)

    def __repr__(self) -> str:
        return f"<NameIndex of {len(self)}>"

    def __reduce__(self) -> str:
        raise TypeError("an index of names does not leave the process")

    @property
    def is_full(self) -> bool:
        """Whether there are people it has no room for."""
        return self._refused > 0

    def put(self, person: bytes, name: str, phone: str = "") -> None:
        """Take a person in, or their new name and phone (E.164) in place of the old ones."""
        slot = self._slots.get(person)
        if slot is None:
            if len(self._slots) >= self._most:
                self._refused += 1
                return
            slot = self._slots[person] = self._room()
            self._ids[slot] = person
        tail = int(phone[-4:]) if phone[-4:].isdecimal() and len(phone) > 4 else NO_TAIL
        self._names[slot], self._tails[slot] = fold(name), tail
        self._post(slot)
        if self._posted > SWEPT + 2 * len(self._slots):
            self._sweep()

    def drop(self, person: bytes) -> None:
        """Forget a person, if they are here."""
        slot = self._slots.pop(person, None)
        if slot is not None:
            self._ids[slot], self._names[slot], self._tails[slot] = None, "", NO_TAIL
            self._free.append(slot)

    def find(self, text: str) -> list[bytes]:
        """Who may be meant, the whole name first, then how a name begins, then any part of it.

        Each character is typed as itself or as the beginning of one of its readings: 晓雯, linxiaowen, linxw, lxw.
        """
        query = fold_query(text)[:LONGEST]
        if not says_enough(query):
            return []
        found: list[list[bytes]] = [[] for _ in range(MISS)]
        start, names, ids = Matcher(query, self._beginnings).start, self._names, self._ids
        for slot in self._candidates(query):
            state = start
            for char in names[slot]:
                state = state[char]
            if state.rank != MISS:
                found[state.rank].append(ids[slot])  # type: ignore[arg-type]
        return [person for rank in found for person in rank]

    def ending(self, digits: str) -> list[bytes]:
        """Whose phone ends in these four digits."""
        tail = int(digits)
        return [self._ids[slot] for slot in set(self._of_tail[tail]) if self._tails[slot] == tail]  # type: ignore[misc]

    def _candidates(self, query: str) -> set[int]:
        """Slots among which all hits are: who has every ideograph, else who has every place where two readings meet."""
        written = [self._of_char[char] for char in query if is_ideograph(char)]
        if written:
            first, *others = sorted(written, key=len)
            return set(first).intersection(*others)
        ways = [self._beginning(query), *(self._meeting(query, cut) for cut in self._cuts(query))]
        least, *more = sorted(ways, key=_size)
        return set().union(*least).intersection(*(chain(*way) for way in more))

    def _beginning(self, query: str) -> list[array[int]]:
        """Postings of all who can be meant: however much of the query the first character takes."""
        found = []
        for end in range(1, len(query) + 1):
            beginning = self._beginnings.get(query[:end])
            if beginning is None:
                break
            if end < len(query):
                found += [self._of_pair.get(reading + query[end], NOBODY) for reading in beginning.readings]
            else:
                found += [self._of_char[char] for char in beginning.chars if is_ideograph(char)]
        return found

    def _cuts(self, query: str) -> list[int]:
        """Where a new character must begin, because no reading goes on there: lin/xiao/wen, l/x/w."""
        places = range(1, len(query))
        return [cut for cut in places if not any(query[start : cut + 1] in self._beginnings for start in range(cut))]

    def _meeting(self, query: str, cut: int) -> list[array[int]]:
        """Postings of those in whose names one character ends and the next begins there."""
        before = [found for start in range(cut) if (found := self._beginnings.get(query[start:cut]))]
        keys = {reading + query[cut] for beginning in before for reading in beginning.readings}
        return [self._of_pair[key] for key in keys if key in self._of_pair]

    def _room(self) -> int:
        if self._free:
            return self._free.pop()
        self._ids.append(None)
        self._names.append("")
        self._tails.append(NO_TAIL)
        return len(self._ids) - 1

    def _post(self, slot: int) -> None:
        name, tail = self._names[slot], self._tails[slot]
        before: tuple[str, ...] = ()
        for char in name:
            if is_ideograph(char):
                self._of_char[char].append(slot)
            read, initials = self._read.get(char) or self._learn(char)
            for first in before:
                for second in initials:
                    self._of_pair[first + second].append(slot)
            before = read
        if tail != NO_TAIL:
            self._of_tail[tail].append(slot)
        self._posted += 1

    def _learn(self, char: str) -> Read:
        """A character that no name had before: how it is read, and what it may be typed by."""
        found = readings(char)
        for reading in found:
            for end in range(1, len(reading) + 1):
                beginning = self._beginnings.setdefault(reading[:end], Beginning({}, {}))
                beginning.chars[char] = beginning.readings[reading] = True
        known = self._read[char] = Read(found, tuple(dict.fromkeys(reading[0] for reading in found)))
        return known

    def _sweep(self) -> None:
        """Post everybody anew."""
        self._clear_postings()
        for slot in self._slots.values():
            self._post(slot)

    def _clear_postings(self) -> None:
        self._of_char: dict[str, array[int]] = defaultdict(_posting)
        self._of_pair: dict[str, array[int]] = defaultdict(_posting)  # a whole reading, and the next one's initial
        self._of_tail: dict[int, array[int]] = defaultdict(_posting)
        self._beginnings: dict[str, Beginning] = {}
        self._read: dict[str, Read] = {}
        self._posted = 0


def says_enough(query: str) -> bool:
    """Whether a folded query can be meant for somebody: two letters, or one Chinese character."""
    return len(query) > 1 or (len(query) == 1 and is_ideograph(query))


def _size(postings: list[array[int]]) -> int:
    return sum(map(len, postings))


def _posting() -> array[int]:
    return array("I")


NOBODY = _posting()
