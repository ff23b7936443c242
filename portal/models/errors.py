"""Domain errors. Models raise them; one handler in ``web`` turns each into a status and words."""

from __future__ import annotations

from uuid import UUID


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for "mark, do not translate yet"
    """Mark a Chinese source text for the catalogue without translating it here."""
    return text


class DomainError(Exception):
    """Something the rules do not allow. ``message`` is a source text for gettext; no value of a person is in it."""

    message = N_("这一步现在做不了")

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.message)
        self.message = message or self.message


class NotReached(DomainError):
    """The row does not exist for this actor; answered 404 whether or not it exists for another."""

    message = N_("没有找到")


class Denied(DomainError):
    """The row is known to the actor, but this verb is not theirs; answered 403."""

    message = N_("您没有权限做这一步")


class WrongState(DomainError):
    """The verb does not start from the present state; answered 409 with the fresh state."""

    message = N_("状态已经变了，请看最新的情况")


class Stale(DomainError):
    """The form was made from an older version of the row; answered 409 with the fresh state."""

    message = N_("刚才有人更新过，请看最新的情况再决定")


class Refused(DomainError):
    """The values do not make sense together; answered 422. ``field`` names the form field it belongs to."""

    message = N_("请检查填写的内容")

    def __init__(self, message: str | None = None, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class Repeated(DomainError):
    """The same form was sent twice (a double click); ``about`` is the row the first one changed."""

    message = N_("已经收到")

    def __init__(self, about: UUID) -> None:
        super().__init__()
        self.about = about
