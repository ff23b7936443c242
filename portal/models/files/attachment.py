"""Photos: uploaded to a draft one by one, then attached to a ticket and to the event that brought them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.models.actor import Actor
from portal.models.base import Id, Identified, Instant, Model, db
from portal.models.errors import N_, NotReached, Refused
from portal.models.files.photo import Photo
from portal.models.files.sealed_file import SealedFile
from portal.models.queue import later
from portal.vault import Subject

MOST_PHOTOS = 9


class Attachment(Identified, Model):
    """A photo. With ``draft`` it waits for its form to be sent; then it is about a row and belongs to an event."""

    __tablename__ = "attachment"
    __table_args__ = (Index("ix_attachment_about", "about_id"), Index("ix_attachment_draft", "draft"))

    file_id: Mapped[UUID] = mapped_column(Id, ForeignKey("sealed_file.id"))
    thumbnail_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("sealed_file.id"))
    author_id: Mapped[UUID] = mapped_column(Id, ForeignKey("person.id"))
    draft: Mapped[UUID | None] = mapped_column(Id)
    about_id: Mapped[UUID | None] = mapped_column(Id)
    event_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("event.id"))
    made_at: Mapped[datetime] = mapped_column(Instant)
    width: Mapped[int]
    height: Mapped[int]

    file: Mapped[SealedFile] = relationship(SealedFile, foreign_keys=[file_id], lazy="joined")
    thumbnail: Mapped[SealedFile | None] = relationship(SealedFile, foreign_keys=[thumbnail_id])

    @classmethod
    def add(cls, photo: Photo, draft: UUID, subject: Subject, by: Actor) -> Attachment:
        """Seal one photo, decoded already, into a draft; raises Refused for the tenth."""
        if len(cls.of_draft(draft, by)) >= MOST_PHOTOS:
            raise Refused(N_("最多 9 张照片"), "photos")
        file = SealedFile.store(photo.content, photo.media_type, subject)
        assert by.person_id is not None  # only a signed-in person reaches an upload
        attachment = cls(
            file=file, author_id=by.person_id, draft=draft, made_at=clock.now(), width=photo.width, height=photo.height
        )
        db.session.add(attachment)
        later("files.thumbnail", attachment=str(attachment.id), key=f"thumbnail:{attachment.id}")
        return attachment

    @classmethod
    def of_draft(cls, draft: UUID, by: Actor) -> Sequence[Attachment]:
        """The photos this person has uploaded to a draft, in order."""
        found = select(cls).where(cls.draft == draft, cls.author_id == by.person_id)
        return db.session.scalars(found.order_by(cls.id)).all()

    @classmethod
    def attach(cls, draft: UUID | None, about_id: UUID, event_id: UUID, subject: Subject, by: Actor) -> int:
        """Move a draft's photos to the row and event they belong to; returns how many."""
        moved = cls.of_draft(draft, by) if draft else ()
        for attachment in moved:
            for file in (attachment.file, attachment.thumbnail):
                if file is not None:
                    file.move_to(subject)
            attachment.draft, attachment.about_id, attachment.event_id = None, about_id, event_id
        return len(moved)

    @classmethod
    def of_events(cls, event_ids: Sequence[UUID]) -> dict[UUID, list[Attachment]]:
        """The photos of each event, in order; events without any are left out."""
        found: dict[UUID, list[Attachment]] = {}
        rows = db.session.scalars(select(cls).where(cls.event_id.in_(event_ids)).order_by(cls.id)) if event_ids else ()
        for row in rows:
            assert row.event_id is not None
            found.setdefault(row.event_id, []).append(row)
        return found

    @classmethod
    def about(cls, attachment_id: UUID, about_id: UUID) -> Attachment:
        """A photo of a row that has been reached; raises NotReached for any other."""
        attachment = db.session.get(cls, attachment_id)
        if attachment is None or attachment.about_id != about_id:
            raise NotReached
        return attachment

    @classmethod
    def drafted(cls, attachment_id: UUID, by: Actor) -> Attachment:
        """A photo of the person's own draft; raises NotReached for any other."""
        attachment = db.session.get(cls, attachment_id)
        if attachment is None or attachment.draft is None or attachment.author_id != by.person_id:
            raise NotReached
        return attachment

    def drop(self) -> None:
        """Take the photo out: rows now, objects by a job once the rows are gone."""
        files = [file for file in (self.file, self.thumbnail) if file is not None]
        db.session.delete(self)
        db.session.flush()
        for file in files:
            db.session.delete(file)
            later("files.remove_object", file=str(file.id))

    def keep_thumbnail(self, small: Photo) -> None:
        """Add the small picture, decoded already; does nothing when there is one."""
        if self.thumbnail_id is not None:
            return
        subject = self.file.sealed_subject
        assert subject is not None
        self.thumbnail = SealedFile.store(small.content, small.media_type, subject)
