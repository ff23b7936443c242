"""The words from which further repairs are made by seed: per defect, per trade, and the talk around the work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from portal.demo.reading import SceneError, Table

TALK = (
    "booked",
    "booked_common",
    "hurry",
    "paid",
    "late_reply",
    "late_visit",
    "owner_ok",
    "owner_ok_common",
    "notes",
    "send_back",
    "redone",
    "sorry",
    "again",
)
MOODS = ("glad", "common", "fair", "cross")


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause of a defect: what people write about it, what is found, what is done."""

    words: tuple[str, ...]
    found: str
    done: str


@dataclass(frozen=True, slots=True)
class Variant:
    """How one defect is reported and repaired.

    ``days`` are working days beyond the first visit; without ``months`` it is reported all year round.
    """

    code: str
    weight: int
    spaces: tuple[str, ...]
    part: str | None
    months: tuple[int, ...]
    days: int
    photo: str
    going: tuple[str, ...]
    causes: tuple[Cause, ...]

    def in_season(self, month: int) -> bool:
        """Whether people report it in this month."""
        return not self.months or month in self.months


@dataclass(frozen=True, slots=True)
class Excuse:
    """Why an owner does not sign, or takes a report back: codes and words."""

    reasons: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Question:
    """What an owner asks before the visit, and the technician's answer."""

    asks: str
    answer: str


@dataclass(frozen=True, slots=True)
class TradeWords:
    """What a technician of a trade adds while working and at the end."""

    progress: tuple[str, ...]
    finish: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrases:
    """Everything of variants.toml. ``rooms`` and ``things`` map words of a report to the rooms they speak of."""

    rooms: Mapping[str, tuple[str, ...]]
    things: Mapping[str, tuple[str, ...]]
    defects: Mapping[str, Variant]
    talk: Mapping[str, tuple[str, ...]]
    questions: tuple[Question, ...]
    wrong: tuple[Excuse, ...]
    withdrawn: tuple[Excuse, ...]
    comments: Mapping[str, tuple[str, ...]]
    trades: Mapping[str, TradeWords]

    def fits(self, words: str, space: str) -> bool:
        """Whether a report can be about a room: the first room it names decides, else the first thing, else any."""
        for known in (self.rooms, self.things):
            named = [word for word in known if word in words]
            if named:
                return space in known[min(named, key=words.index)]
        return True


def parse(file: Table) -> Phrases:
    """The phrases of a file; raises SceneError for a list that is missing or empty."""
    talk, comments, trades = file.table("talk"), file.table("comments"), file.table("trade")
    rooms, things = file.table("rooms"), file.table("things")
    variants = [_variant(table) for table in file.tables("defect")]
    phrases = Phrases(
        rooms={word: _some(rooms, word) for word in rooms.values},
        things={word: _some(things, word) for word in things.values},
        defects={variant.code: variant for variant in variants},
        talk={key: _some(talk, key) for key in TALK},
        questions=tuple(_question(table) for table in talk.tables("questions")),
        wrong=tuple(_excuse(table) for table in talk.tables("wrong")),
        withdrawn=tuple(_excuse(table) for table in talk.tables("withdrawn")),
        comments={mood: _some(comments, mood) for mood in MOODS},
        trades={code: _trade(trades.table(code)) for code in trades.values},
    )
    if len(phrases.defects) != len(variants):
        raise SceneError(f"{file.where}: a defect stands there twice")
    for table in (rooms, things, talk, comments, trades, file):
        table.done()
    return phrases


def _variant(table: Table) -> Variant:
    variant = Variant(
        code=table.text("code"),
        weight=table.need("weight", int),
        spaces=table.texts("spaces"),
        part=table.get("part", str),
        months=table.numbers("months"),
        days=table.get("days", int) or 0,
        photo=table.text("photo"),
        going=table.texts("going"),
        causes=tuple(_cause(each) for each in table.tables("cases")),
    )
    table.done()
    if bool(variant.spaces) == bool(variant.part) or not variant.causes:
        raise SceneError(f"{table.where}: it is either in spaces or in a common part, and has a cause")
    return variant


def _cause(table: Table) -> Cause:
    cause = Cause(_some(table, "words"), table.text("found"), table.text("done"))
    table.done()
    return cause


def _excuse(table: Table) -> Excuse:
    reason = table.get("reason", str)
    excuse = Excuse((reason,) if reason else _some(table, "reasons"), table.text("words"))
    table.done()
    return excuse


def _question(table: Table) -> Question:
    question = Question(table.text("asks"), table.text("answer"))
    table.done()
    return question


def _trade(table: Table) -> TradeWords:
    words = TradeWords(_some(table, "progress"), _some(table, "finish"))
    table.done()
    return words


def _some(table: Table, key: str) -> tuple[str, ...]:
    texts = table.texts(key)
    if not texts:
        raise SceneError(f"{table.where}: {key} has no words")
    return texts
