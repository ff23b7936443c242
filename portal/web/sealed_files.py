"""A sealed file as an answer: whole or one range of it, opened on the way out and never kept anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

import structlog
from flask import Response, abort, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from portal.backends.storage import ObjectMissing, StorageError
from portal.models.files import SealedFile
from portal.vault import Erased, VaultError

log = structlog.get_logger()

# Up to here everything is opened before the first byte leaves: a broken object is then a clean error, and a reader on a
# slow line holds none of the few threads. A photo is smaller.
AT_ONCE = 2 * 1024 * 1024
_RANGE = re.compile(r"bytes=[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*", re.ASCII | re.IGNORECASE)


def answer(file: SealedFile, *, download: str = "") -> Response:
    """The file, or the range that is asked for; ``download`` is a harmless ASCII name to save it under.

    404 and 410 where object or key are gone, 416 for a range outside, 503 while the storage does not answer.
    """
    try:
        return _answer(file, download)
    except Erased:
        abort(410)
    except (VaultError, ObjectMissing) as error:
        _broken(file, error)
        abort(500)
    except StorageError as error:
        _broken(file, error)
        abort(503)


def _answer(file: SealedFile, download: str) -> Response:
    size, tag = file.opened().size, file.id.hex
    if request.if_none_match.contains(tag):
        return _described(Response(status=304), file, tag, download)
    try:
        part = wanted(size, tag)
    except RequestedRangeNotSatisfiable:
        return _described(Response(status=416, headers={"Content-Range": f"bytes */{size}"}), file, tag, download)
    start, stop = part or (0, size)
    answered = Response(_pieces(file, start, stop), status=206 if part else 200, content_type=file.media_type)
    answered.content_length = stop - start
    if part:
        answered.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    return _described(answered, file, tag, download)


def wanted(size: int, tag: str) -> tuple[int, int] | None:
    """The bytes from and up to that the request asks for; None where it asks for none, several, or nonsense.

    Raises RequestedRangeNotSatisfiable (416). Ranges are GET's only; with If-Range of another file or of a date, which
    an answer never has, the whole file goes out.
    """
    asked = _RANGE.fullmatch(request.headers.get("Range", "")) if request.method == "GET" else None
    if asked is None or asked.groups() == ("", "") or ("If-Range" in request.headers and not _same(tag)):
        return None
    first, last = asked.groups()
    if first and last and int(last) < int(first):
        return None
    start = int(first) if first else max(0, size - int(last))
    stop = min(size, int(last) + 1) if first and last else size
    if start < stop:
        return start, stop
    if size or first or not int(last):
        raise RequestedRangeNotSatisfiable(length=size)
    return None


def _same(tag: str) -> bool:
    return request.headers["If-Range"].strip() == f'"{tag}"'


def _pieces(file: SealedFile, start: int, stop: int) -> bytes | Iterator[bytes]:
    if request.method == "HEAD":
        return b""
    if stop - start <= AT_ONCE:
        return b"".join(file.stream(start, stop))
    return _watched(file, file.stream(start, stop))


def _watched(file: SealedFile, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same; a break on the way is logged, and ends the connection before the promised length is reached."""
    name = file.id.hex
    first = next(pieces)

    def rest() -> Iterator[bytes]:
        yield first
        try:
            yield from pieces
        except (VaultError, StorageError) as error:
            log.error("file.broken", id=name, error=type(error).__name__)
            raise

    return rest()


def _described(answered: Response, file: SealedFile, tag: str, download: str) -> Response:
    answered.set_etag(tag)  # a content never changes under its id
    answered.headers["Accept-Ranges"] = "bytes"
    answered.headers.set("Content-Disposition", "attachment", filename=download) if download else None
    answered.headers.setdefault("Content-Disposition", "inline")
    answered.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answered.headers["Cache-Control"] = "private, no-store"
    return answered


def _broken(file: SealedFile, error: Exception) -> None:
    log.error("file.broken", id=file.id.hex, error=type(error).__name__)
