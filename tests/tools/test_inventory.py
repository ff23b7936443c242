"""docs/security.md is current: what is made from code and vectors stands in it, and its worked example opens."""

import json
import re

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.models.privacy.inventory import inventory
from portal.models.privacy.retention import CLASSES
from tools.inventory import PAGE, PARTS, rendered
from tools.words import has_chinese
from tools.worked_vectors import padded

WRITTEN = PAGE.read_text("utf-8")


def test_the_page_is_current():
    assert rendered(WRITTEN) == WRITTEN, "docs/security.md is stale: make inventory"


def test_every_place_and_every_class_stands_in_it():
    for place in inventory():
        assert f"`{place.name}`" in WRITTEN
    for code in CLASSES:
        assert f"| `{code}` |" in WRITTEN


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_was_changed_by_hand_is_made_anew(part: str):
    end = f"<!-- end: {part} -->"
    assert rendered(WRITTEN.replace(end, f"by hand\n{end}")) == WRITTEN


@pytest.mark.parametrize("part", PARTS)
def test_a_part_without_its_comments_is_told(part: str):
    with pytest.raises(ValueError, match=f"lost the comments of its part {part}"):
        rendered(WRITTEN.replace(f"<!-- end: {part} -->", ""))


def test_its_tables_are_in_english():
    tables = "".join(make() for name, make in PARTS.items() if name != "vectors")
    assert not has_chinese(tables)


def _example(title: str) -> dict[str, str]:
    """The values of one worked example, as a reader would copy them out."""
    block = re.search(rf"\*\*{re.escape(title)}\*\*\n```\n(.*?)\n```", WRITTEN, re.DOTALL)
    assert block is not None
    found: dict[str, str] = {}
    for line in block[1].split("\n"):
        name, colon, value = line.partition(": ")
        if colon:
            found[re.sub(r" \(\d+ B\)$", "", name)] = value.strip()
        else:
            found[[*found][-1]] += line.strip()
    return found


def test_a_reader_can_open_the_sealed_group_with_what_stands_there():
    shown = _example("A sealed group")
    bound = bytes.fromhex("".join(value for name, value in shown.items() if name.startswith("bound ")))
    sealed = bytes.fromhex(shown["ciphertext"] + shown["tag"])
    key, nonce = AESGCM(bytes.fromhex(shown["data key"])), bytes.fromhex(shown["nonce"])
    opened = key.decrypt(nonce, sealed, bound)
    assert opened.hex() == shown["plaintext"]
    assert opened == padded(shown["JSON"].encode())
    assert json.loads(opened.rstrip(b"\0").removesuffix(b"\x80"))["name"]
    with pytest.raises(InvalidTag):
        key.decrypt(nonce, sealed, bound[:-1] + b"\0")


@pytest.mark.parametrize("title", re.findall(r"\*\*(Wrapping: [^*]+)\*\*\n```", WRITTEN))
def test_a_reader_can_unwrap_the_keys(title: str):
    shown = {name: bytes.fromhex(value) for name, value in _example(title).items()}
    under = AESGCM(shown["wrapping key"])
    assert under.decrypt(shown["nonce"], shown["ciphertext"] + shown["tag"], shown["associated data"]) == shown["key"]


def test_a_reader_can_open_the_file():
    shown = {name: bytes.fromhex(value) for name, value in _example("A sealed file of one chunk").items()}
    whole = shown["object ciphertext"] + shown["object tag"]
    assert AESGCM(shown["file key"]).decrypt(shown["chunk nonce"], whole, None) == shown["content"]
    assert int.from_bytes(shown["size"]) == len(shown["content"])
