"""People who go on working while keys are rotated: writers who remember what they wrote, readers who look up."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from flask import Flask

from portal.extensions import begin_reading, begin_writing, db
from portal.models.accounts import Person
from tests.people import CAST

PAUSE_SECONDS = 0.01


class Busy:
    """``written`` is every person's last acknowledged name and phone; ``errors`` everything that went wrong."""

    def __init__(self, app: Flask) -> None:
        self._app, self._over = app, threading.Event()
        self.written: dict[UUID, tuple[str, str]] = {}
        self.errors: list[BaseException] = []
        self.looks = 0

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Two writers, each with persons of their own, and a reader who looks up those nobody edits."""
        calls = [lambda: self._write("owner"), lambda: self._write("co_owner"), self._read]
        threads = [threading.Thread(target=self._repeat, args=(call,)) for call in calls]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join()

    def lost(self) -> int:
        """How many of the persons written do not have what was written last, or are not found by it."""
        found = [(Person.by_phone(phone), name, person_id) for person_id, (name, phone) in self.written.items()]
        lost = sum(row is None or (row.id, row.name) != (person_id, name) for row, name, person_id in found)
        db.session.rollback()
        return lost

    def _repeat(self, call: Callable[[], None]) -> None:
        while not self._over.wait(PAUSE_SECONDS):
            try:
                with self._app.app_context():
                    call()
                    db.session.rollback()
            except Exception as error:  # noqa: BLE001 - whatever it was, the test counts it
                self.errors.append(error)

    def _write(self, key: str) -> None:
        begin_writing()
        known = next((one for one, (name, _) in self.written.items() if name.startswith(key)), None)
        person = db.session.get(Person, known) if known else Person.by_phone(CAST[key].phone)
        assert person is not None
        number = int((person.phone or "")[-6:]) + 1
        name, phone = f"{key} {number}", f"+86139{len(key):02}{number:06}"
        person.name, person.phone = name, phone
        db.session.commit()
        self.written[person.id] = name, phone

    def _read(self) -> None:
        begin_reading()
        person = Person.by_phone(CAST["neighbour"].phone)
        assert person is not None, "a lookup did not find its row"
        assert person.name == CAST["neighbour"].name
        self.looks += 1
