"""Old backups are brought back, with today's keys and with those of their time: the ledger is stronger than both."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

from portal.backup.places import EPOCH_STORE, LEDGER, Sets, newest
from portal.cli.backing_up import bring_back
from portal.cli.drilling import reading
from portal.cli.drilling.backups import Backups
from portal.cli.drilling.erasing import jobs_done
from portal.cli.drilling.found import Found, gone, there
from portal.cli.drilling.installation import opened, settings_of
from portal.cli.drilling.reading import Rows
from portal.cli.drilling.scene import Scene
from portal.vault import ring


def brought_back(folder: Path, scene: Scene, backups: Backups, before: Rows) -> Iterator[Found]:
    """Restore the old database twice, by the code of the command, and look at what has come back."""
    where, first = backups.places, backups.first
    ledger = where.epochs / LEDGER
    todays = Sets(first.database, newest(where.keys, "key"), where.epochs / EPOCH_STORE, ledger)
    yield from _looked_at(folder / "with-todays-keys", "restore, today's keys", todays, scene, before)
    old = Sets(first.database, first.keys, first.epochs, ledger)
    yield from _looked_at(folder / "with-old-keys", "restore, old keys and epochs", old, scene, before)


def _looked_at(into: Path, place: str, sets: Sets, scene: Scene, before: Rows) -> Iterator[Found]:
    again = restored(sets, settings_of(scene.folder).root_key_file, into)
    with opened(into) as app:
        jobs_done(app)
        with app.app_context():
            yield from _found(place, again, scene, before)


def _found(place: str, again: int, scene: Scene, before: Rows) -> Iterator[Found]:
    rows = reading.rows_here(scene)
    erased = ring().erased(scene.subjects) == scene.subjects
    yield Found(place, "the ledger, replayed", f"{again} subjects erased again", erased and again > 0)
    yield gone(place, f"{before.theirs} sealed values", rows.theirs)
    yield gone(place, "found by phone, e-mail, ID number, name", reading.looked_up())
    yield gone(place, f"{len(scene.objects)} objects in the store", reading.objects_left(scene.objects))
    yield there(place, "everybody else", reading.stayed() and rows.others_opened == rows.others == before.others)


def restored(sets: Sets, root: Path | None, into: Path) -> int:
    """Bring sets back into a new installation under the same root key; how many subjects were erased again."""
    assert root is not None  # the drill's own is a file
    into.mkdir(mode=0o700)
    shutil.copy2(root, into / root.name)
    with redirect_stdout(io.StringIO()):
        return bring_back(sets, settings_of(into)) or 0
