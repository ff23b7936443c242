"""The drill itself: everything is made, erased and looked at in one temporary folder, which goes with it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from flask import Flask

from portal.cli.drilling import erasing, reading
from portal.cli.drilling.backups import Backups, in_backups
from portal.cli.drilling.bringing_back import brought_back
from portal.cli.drilling.found import Found, gone, there
from portal.cli.drilling.installation import copied, opened
from portal.cli.drilling.neighbour import Bodies, Neighbour, bodies, neighbour
from portal.cli.drilling.scene import GOES, Scene, play
from portal.models.base import db
from portal.vault import ring


@dataclass(frozen=True, slots=True)
class Before:
    """How things stood: every page, every row, and a replica of the database."""

    pages: Bodies
    rows: reading.Rows
    replica: Path
    backups: Backups


def drill() -> Iterator[Found]:
    """Erase somebody in an installation of its own, and look at the seven places. Nothing of it stays."""
    with tempfile.TemporaryDirectory(prefix="anju-drill-") as folder:
        yield from _drill(Path(folder))


def _drill(folder: Path) -> Iterator[Found]:
    here = folder / "instance"
    with opened(here, new=True) as app:
        with _at_work(app):
            scene = play()
        erasing.jobs_done(app)
        with _at_work(app):
            scene = scene.with_objects()
    with opened(here) as app:
        before = _before(app, scene, folder)
        with neighbour(here) as other:
            warm = bool(reading.shown(other.pages(scene.asked)) and other.named(GOES.name))
            erasure_id, took = _erased(app, scene)
            yield from _in_memory(other, scene, warm)
        erasing.jobs_done(app)
        yield from _live(app, scene, before, took)
        with _at_work(app):
            yield from _replica(scene, before)
            receipt = erasing.receipt_of(erasure_id)
            db.session.rollback()
            yield from in_backups(scene, before.backups, before.rows, receipt)
    yield from brought_back(folder, scene, before.backups, before.rows)


def _before(app: Flask, scene: Scene, folder: Path) -> Before:
    pages = bodies(app, scene.asked)
    with _at_work(app):
        replica = copied(scene.folder / "portal.sqlite", folder / "replica.sqlite")
        return Before(pages, reading.rows_here(scene), replica, Backups.begin(folder))


def _erased(app: Flask, scene: Scene) -> tuple[UUID, float]:
    with _at_work(app):
        erasure_id = erasing.approved(scene)
        return erasure_id, erasing.shredded(erasure_id)


@contextmanager
def _at_work(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield
        db.session.rollback()


def _in_memory(other: Neighbour, scene: Scene, warm: bool) -> Iterator[Found]:
    """The very next request of another process, and what its index of names still knows."""
    place = "memory of another process"
    yield there(place, "pages and the name, before", warm)
    yield gone(place, "the same pages, at its next request", reading.shown(other.pages(scene.asked)))
    yield gone(place, "the name, in its index of names", other.named(GOES.name))


def _live(app: Flask, scene: Scene, before: Before, took: float) -> Iterator[Found]:
    place, pages, old = "live installation", bodies(app, scene.asked), reading.shown(before.pages)
    whole = bool(old) and 0 < before.rows.theirs == before.rows.theirs_opened
    yield there(place, f"{len(old)} pages and {before.rows.theirs} sealed values, before", whole)
    with _at_work(app):
        rows = reading.rows_here(scene)
        yield gone(place, f"the same, {took:.0f} ms of shredding later", reading.shown(pages) or rows.theirs)
        yield gone(place, "found by phone, e-mail, ID number, name", reading.looked_up())
        files = scene.folder.glob("portal.sqlite*")
        yield gone(place, "the blind index's bytes, log included", reading.with_bytes([scene.phone_index], files))
        yield gone(place, "sessions and notices", reading.ways_in(scene))
        yield there(place, f"everybody else, {rows.others} values", reading.stayed() and rows.others_are_whole)
        objects = reading.objects_left(scene.objects)
        yield gone("files", f"{len(scene.objects)} objects in the store", objects or not scene.objects)


def _replica(scene: Scene, before: Before) -> Iterator[Found]:
    rows = reading.rows_of_copy(before.replica, ring(), scene)
    tried = f"{rows.theirs} sealed values, with today's keys"
    yield gone("replica made before", tried, rows.theirs_opened or not rows.theirs)
    indexed = bool(reading.with_bytes([scene.phone_index], [before.replica]))
    until = "it is deleted, after 30 days at most, or keys rotate-index has run"
    yield there("replica made before", "the blind index of the phone, by trying all numbers", indexed, until)
    yield there("replica made before", "everybody else", rows.others_are_whole)
