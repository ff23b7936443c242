"""Processes that report repairs until they are killed: ``python -m tests.models.reporters FOLDER URL KILLS``.

The first process loads the code once and forks; each child opens the installation, reports one repair after the other
with a photo, and says a number as soon as its commit has returned.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from random import SystemRandom
from uuid import uuid4

from portal.models.base import db
from portal.models.catalogue import Defect
from portal.models.files import Attachment
from portal.models.files.photo import Photo
from portal.models.repairs import Ticket
from portal.models.repairs.reported import Report
from tests.stage.building import close, opened
from tests.stage.cast import WORDS, Cast

LONGEST_SECONDS = 0.3  # of a child's life after its first report: some twenty reports


def report(folder: Path, url: str, out: int) -> None:
    """Report for ever; every other one about a common part, which begins with a key of its own."""
    app = opened(folder, url)
    cast = Cast(app)
    while True:
        for place, defect in ((Cast.place, "LEAK-05"), (Cast.common, "PUBLIC-01")):
            with app.app_context():
                owner, draft, words = cast.actor("owner"), uuid4(), f"{WORDS} {uuid4()}"
                Attachment.add(Photo(words.encode(), "image/jpeg", 1, 1), draft, cast.tenure().subject, owner)
                ticket = Ticket.report(place(cast), Defect.current(defect), Report(words, draft=draft), owner)
                db.session.commit()
                os.write(out, f"{ticket.number} {words}\n".encode())


def warm_up(folder: Path, url: str) -> None:
    """Report once without committing, so that the children need not compile everything anew; leave nothing open."""
    app = opened(folder, url)
    with Cast(app).at_work() as cast:
        cast.ticket()
    close(app)


def kill_one(folder: Path, url: str) -> bytes:
    """Let a child report for a while, kill it at any moment, and give what it said."""
    said, out = os.pipe()
    child = os.fork()
    if not child:
        report(folder, url, out)
    os.close(out)
    first = os.read(said, 65536)
    time.sleep(SystemRandom().uniform(0, LONGEST_SECONDS))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    rest = b"".join(iter(lambda: os.read(said, 65536), b""))
    os.close(said)
    return first + rest


if __name__ == "__main__":
    warm_up(Path(sys.argv[1]), sys.argv[2])
    for _ in range(int(sys.argv[3])):
        sys.stdout.buffer.write(kill_one(Path(sys.argv[1]), sys.argv[2]))
