"""An event whose note was erased keeps the digest of it, and the chain stays whole, also after all was sealed anew."""

from __future__ import annotations

import json

import pytest
from flask import Flask

from portal.models.base import db
from portal.models.events import Event
from portal.models.privacy.destroying import destroy
from portal.models.privacy.verifying import State
from portal.vault import ring
from tests.models.privacy.chained import change, events, found, number_all, tell
from tests.stage.cast import Cast

GONE = ("only the words", "only the key", "both")


def _noted() -> list[Event]:
    return [row for row in events() if "sealed" in json.loads(row.json)]


def _erase(how: str, cast: Cast) -> int:
    """Take the notes of the first subject that has some; how many there were."""
    subject = _noted()[0].sealed_subject
    theirs = [row for row in _noted() if row.sealed_subject == subject]
    numbers = [row.n for row in theirs]
    if how != "only the words":
        ring().erase(subject)
    if how == "both":
        destroy([subject])
        db.session.commit()
    if how == "only the words":
        for number in numbers:
            change(number or 0, note_sealed=None)
    return len(numbers)


@pytest.mark.parametrize("how", GONE)
def test_an_erased_note_leaves_the_chain_whole(any_app: Flask, cast: Cast, how: str):
    run = any_app.test_cli_runner().invoke
    with cast.at_work():
        tell(any_app, cast)
        cast.ticket("in_work")
        db.session.commit()
        number_all()
        assert _erase(how, cast)
        before = {row.n: (row.json, row.note_sealed) for row in events()}
        assert found().state == State.WHOLE
    done = run(args=["keys", "rotate-data"])
    assert done.exit_code == 0, done.output
    with cast.at_work():
        after = {row.n: (row.json, row.note_sealed) for row in events()}
        assert [kept for kept, _ in after.values()] == [kept for kept, _ in before.values()]
        assert {n for n in after if after[n][1] is None} == {n for n in before if before[n][1] is None}
        assert found().state == State.WHOLE
    assert run(args=["audit", "verify"]).output.splitlines()[1] == "whole"
    assert run(args=["keys", "verify"]).exit_code == 0
