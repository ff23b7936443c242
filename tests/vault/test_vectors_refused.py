"""Every vector that must fail is refused by our code, with the error of its kind."""

from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.vault import ChainError, KeyStoreError, SealError, chain
from portal.vault.checkpoint import read_checkpoint
from portal.vault.files import OpenedFile, open_file_key
from portal.vault.root import parse_root
from portal.vault.sealing import open_group
from portal.vault.wrapping import unwrap
from tests.vault.vectors import data_keys, named, packed, refused, stored_object


def test_no_kind_of_vector_is_left_out():
    assert sum(len(refused(kind)) for kind in ("root", "wrap", "group", "file", "chain")) == 67


@pytest.mark.parametrize("vector", refused("group"), ids=named)
def test_group(vector):
    row, blob = bytes.fromhex(vector["row"]), bytes.fromhex(vector["blob"])
    with pytest.raises(SealError) as caught:
        open_group(data_keys(vector), vector["label"], row, packed(vector), blob)
    assert str(caught.value) == "the sealed bytes do not open"
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("vector", refused("wrap"), ids=named)
def test_wrap(vector):
    with pytest.raises(SealError):
        unwrap(
            AESGCM(bytes.fromhex(vector["under"])), bytes.fromhex(vector["wrapped"]), bytes.fromhex(vector["context"])
        )


@pytest.mark.parametrize("vector", refused("root"), ids=named)
def test_root(vector):
    with pytest.raises(KeyStoreError) as caught:
        parse_root(vector["text"])
    assert "9f3c5a7e" not in str(caught.value).lower()


@pytest.mark.parametrize("vector", refused("file"), ids=named)
def test_file(vector):
    with pytest.raises(SealError):
        read_file(vector)


def read_file(vector):
    """Read the vector's file from beginning to end, as the ring does: the blob first, then the object."""
    bound = bytes.fromhex(vector["file_id"]), packed(vector)
    held = open_file_key(data_keys(vector), *bound, bytes.fromhex(vector["blob"]))
    stored = stored_object(vector)
    return b"".join(OpenedFile(held).read([stored], len(stored)))


@pytest.mark.parametrize("vector", refused("chain"), ids=named)
def test_chain(vector):
    rows = [(event["json"].encode(), bytes.fromhex(event["hash"])) for event in vector["events"]]
    installation, public = UUID(vector["installation"]), bytes.fromhex(vector["public"])
    with pytest.raises(ChainError) as caught:
        read_checkpoint(vector["checkpoint"], installation, public).confirm(*chain.follow(rows))
    told = {"hash": "does not follow", "checkpoint": "not the one signed", "signature": "signed", "note": "not a note"}
    assert told[vector["why"]] in str(caught.value)
