"""Sealed files over HTTP: whole, by ranges, and what a broken object becomes."""

from __future__ import annotations

import http.client
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.models.base import db
from portal.models.files import Attachment, SealedFile
from portal.models.files.photo import Photo
from portal.vault.files import CHUNK, STORED
from portal.web import sealed_files
from tests.stage.cast import Cast

PATTERN = bytes(number % 251 for number in range(4 * CHUNK))
SIZES = st.sampled_from([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK - 7]) | st.integers(0, 4 * CHUNK)
WHERE = "default-src 'none'; sandbox"


@pytest.fixture
def photo(cast: Cast):
    """Makes a photo of a content and gives its row and its address on the owner's face."""

    def made(content: bytes) -> tuple[SealedFile, str]:
        with cast.at_work():
            draft, ticket = uuid4(), cast.ticket("in_work")
            attachment = Attachment.add(
                Photo(content, "image/jpeg", 1, 1), draft, ticket.subject, cast.actor("technician")
            )
            ticket.post_progress("正在补防水", by=cast.actor("technician"), draft=draft)
            db.session.commit()
            file, address = attachment.file, f"/repairs/{ticket.number}/photos/{attachment.id}"
            db.session.refresh(file)
            db.session.expunge(file)
            return file, address

    return made


def place(app: Flask, file: SealedFile) -> Path:
    found: Path = app.extensions["portal.settings"].instance / "files" / file.object_name
    return found


def stored(cast: Cast, content: bytes) -> SealedFile:
    file = SealedFile.store_stream(BytesIO(content), "application/pdf", cast.tenure().subject)
    db.session.flush()
    return file


@given(size=SIZES, data=st.data())
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_range_of_any_size_is_the_slice(app: Flask, cast: Cast, monkeypatch, size, data):
    monkeypatch.setattr(sealed_files, "AT_ONCE", data.draw(st.sampled_from([0, CHUNK, 1 << 30])))
    first = data.draw(st.none() | st.integers(0, 5 * CHUNK))
    last = data.draw(st.integers(0, 5 * CHUNK) if first is None else st.none() | st.integers(0, 5 * CHUNK))
    header = f"bytes={'' if first is None else first}-{'' if last is None else last}"
    with cast.at_work():
        file = stored(cast, PATTERN[:size])
    with app.test_request_context(headers={"Range": header}):
        answer = sealed_files.answer(file)
        body = b"".join(answer.response) if answer.status_code in (200, 206) else b""
    start, stop = expected(size, first, last)
    if first is not None and last is not None and last < first:
        assert (answer.status_code, body) == (200, PATTERN[:size])
    elif start is None:
        assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{size}")
    elif not size:
        assert (answer.status_code, body) == (200, b"")
    else:
        assert (answer.status_code, body) == (206, PATTERN[start:stop])
        assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{size}"
        assert answer.content_length == stop - start


def expected(size: int, first: int | None, last: int | None) -> tuple[int | None, int]:
    """RFC 9110, 14.1.2 and 14.1.3, in other words than the portal's."""
    if first is None:
        assert last is not None
        return (None, 0) if last == 0 else (size - min(size, last), size)
    return (None, 0) if first >= size else (first, size if last is None else min(size, last + 1))


def test_a_photo_as_a_whole(any_app, sign_in, photo):
    file, address = photo(PATTERN)
    answer = sign_in("owner").get(address)
    assert (answer.status_code, answer.data) == (200, PATTERN)
    named = {name: answer.headers[name] for name in ("Content-Type", "Content-Length", "Accept-Ranges", "ETag")}
    assert named == {
        "Content-Type": "image/jpeg",
        "Content-Length": str(len(PATTERN)),
        "Accept-Ranges": "bytes",
        "ETag": f'"{file.id.hex}"',
    }
    assert answer.headers["Content-Security-Policy"] == WHERE
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Disposition"] == "inline"


@pytest.mark.parametrize("key", ["owner", "dispatcher"])
@pytest.mark.parametrize("small", ["", "/thumbnail"])
def test_both_faces_answer_ranges(app, sign_in, photo, key, small):
    _, address = photo(PATTERN)
    address = ("" if key == "owner" else "/staff") + address + small
    answer = sign_in(key).get(address, headers={"Range": f"bytes={CHUNK - 3}-{CHUNK + 2}"})
    assert (answer.status_code, answer.data) == (206, PATTERN[CHUNK - 3 : CHUNK + 3])


def test_head_says_the_same_without_reading(app, sign_in, photo):
    file, address = photo(PATTERN)
    place(app, file).unlink()
    answer = sign_in("owner").head(address, headers={"Range": "bytes=0-5"})
    assert (answer.status_code, answer.data) == (200, b"")
    assert (answer.headers["Content-Length"], answer.headers["Accept-Ranges"]) == (str(len(PATTERN)), "bytes")


@pytest.mark.parametrize(
    "header",
    ["bytes=0-1,5-6", "bytes=", "bytes=-", "bytes=5-2", "bytes=a-b", "lines=0-5", "bytes 0-5", f"bytes={'9' * 30}-"],
)
def test_what_is_no_single_range_gives_the_whole(app, sign_in, photo, header):
    _, address = photo(b"0123456789")
    answer = sign_in("owner").get(address, headers={"Range": header})
    assert (answer.status_code, answer.data) == (200, b"0123456789")


def test_a_range_outside_the_file(app, sign_in, photo):
    _, address = photo(b"0123456789")
    answer = sign_in("owner").get(address, headers={"Range": "bytes=10-"})
    assert (answer.status_code, answer.headers["Content-Range"], answer.data) == (416, "bytes */10", b"")


def test_a_range_goes_on_only_with_the_same_file(app, sign_in, photo):
    file, address = photo(b"0123456789")
    owner = sign_in("owner")
    for condition, status in ((f'"{file.id.hex}"', 206), (f'"{uuid4().hex}"', 200), (f'W/"{file.id.hex}"', 200)):
        answer = owner.get(address, headers={"Range": "bytes=2-3", "If-Range": condition})
        assert (answer.status_code, answer.data) == (status, b"23" if status == 206 else b"0123456789")
    dated = {"Range": "bytes=2-3", "If-Range": "Sat, 29 Oct 1994 19:43:31 GMT"}
    assert owner.get(address, headers=dated).status_code == 200
    answer = owner.get(address, headers={"If-None-Match": f'"{file.id.hex}"'})
    assert (answer.status_code, answer.data) == (304, b"")


def test_a_download_has_a_name(app, cast):
    with cast.at_work():
        file = stored(cast, b"page")
    with app.test_request_context():
        answer = sealed_files.answer(file, download="BX20261121-003.pdf")
    assert answer.headers["Content-Disposition"] == "attachment; filename=BX20261121-003.pdf"


SPOILS = {
    "cut": lambda sealed, other: sealed[:-1],
    "short of a chunk": lambda sealed, other: sealed[:STORED],
    "longer": lambda sealed, other: sealed + b"\0",
    "empty": lambda sealed, other: b"",
    "flipped": lambda sealed, other: sealed[:-20] + bytes((sealed[-20] ^ 1,)) + sealed[-19:],
    "chunks swapped": lambda sealed, other: sealed[STORED : 2 * STORED] + sealed[:STORED] + sealed[2 * STORED :],
    "another file's": lambda sealed, other: other,
}


@pytest.mark.parametrize("spoil", SPOILS.values(), ids=SPOILS)
def test_a_broken_object_is_refused_before_the_first_byte(app, sign_in, photo, spoil):
    (file, address), (other, _) = photo(PATTERN), photo(PATTERN[::-1])
    path = place(app, file)
    path.write_bytes(spoil(path.read_bytes(), place(app, other).read_bytes()))
    answer = sign_in("owner").get(address)
    assert answer.status_code == 500
    assert PATTERN[:16] not in answer.data


def test_a_lost_object_and_an_erased_subject(app, sign_in, photo):
    file, address = photo(PATTERN)
    owner = sign_in("owner")
    place(app, file).unlink()
    assert owner.get(address).status_code == 500
    app.extensions["portal.keyring"].erase(file.sealed_subject)
    assert owner.get(address).status_code == 410


def test_one_range_is_whole_although_the_object_is_broken_elsewhere(app, sign_in, photo):
    file, address = photo(PATTERN)
    path = place(app, file)
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    owner = sign_in("owner")
    answer = owner.get(address, headers={"Range": f"bytes=5-{CHUNK + 5}"})
    assert (answer.status_code, answer.data) == (206, PATTERN[5 : CHUNK + 6])
    assert owner.get(address, headers={"Range": "bytes=-5"}).status_code == 500


def test_a_large_file_that_breaks_on_the_way_ends_the_connection(site, sign_in, photo, monkeypatch):
    """What came before the broken chunk is genuine, and the reader sees that something is missing."""
    monkeypatch.setattr(sealed_files, "AT_ONCE", CHUNK)
    app, address = site
    file, path = photo(PATTERN * 8)
    cookies = "; ".join(f"{kept.key}={kept.value}" for kept in sign_in("owner")._cookies.values())
    whole = ask(address, path, cookies)
    assert whole == (200, PATTERN * 8, True)
    sealed = place(app, file).read_bytes()
    at = 20 * STORED + 7
    place(app, file).write_bytes(sealed[:at] + bytes((sealed[at] ^ 1,)) + sealed[at + 1 :])
    status, body, complete = ask(address, path, cookies)
    assert (status, complete) == (200, False)
    assert (PATTERN * 8).startswith(body)
    assert len(body) <= 20 * CHUNK


def ask(address: str, path: str, cookies: str) -> tuple[int, bytes, bool]:
    """Status, body, and whether it was as long as the answer promised."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    connection.request("GET", path, headers={"Cookie": cookies})
    answer = connection.getresponse()
    try:
        return answer.status, answer.read(), True
    except http.client.IncompleteRead as cut:
        return answer.status, cut.partial, False
    finally:
        connection.close()
