"""Workable: the technician starts, posts progress with photos, and finishes."""

from __future__ import annotations

from uuid import UUID

from portal.models.actor import Actor
from portal.models.errors import N_, Refused
from portal.models.events import Event
from portal.models.files import Attachment
from portal.models.repairs.part import TicketPart

LONGEST = 2000


class Workable(TicketPart):
    """Gives a ticket the verbs of the person who does the work."""

    def start(self, by: Actor, *, version: int | None = None) -> Event:
        """The technician is on site and begins."""
        return self.move("start", by, version=version)

    def post_progress(self, words: str, by: Actor, *, draft: UUID | None = None, version: int | None = None) -> Event:
        """Tell the owner how far it is; raises Refused without words and photos."""
        return self._report_work("post_progress", words, by, draft, version)

    def finish(self, words: str, by: Actor, *, draft: UUID | None = None, version: int | None = None) -> Event:
        """Say what was done; the check by somebody else comes next. Raises Refused without words."""
        if not words.strip():
            raise Refused(N_("写一下做了什么，业主会看到"), "words")
        return self._report_work("finish", words, by, draft, version)

    def _report_work(self, verb: str, words: str, by: Actor, draft: UUID | None, version: int | None) -> Event:
        words = words.strip()
        photos = len(Attachment.of_draft(draft, by)) if draft else 0
        if not words and not photos:
            raise Refused(N_("写几句，或加一张照片"), "words")
        if len(words) > LONGEST:
            raise Refused(N_("最多 2000 字"), "words")
        event = self.move(verb, by, version=version, note=words or None, photos=photos)
        Attachment.attach(draft, self.id, event.id, self.subject, by)
        return event
