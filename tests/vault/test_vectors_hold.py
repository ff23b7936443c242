"""Every vector that must hold is made byte for byte and opened by our code."""

import hashlib
import io
from datetime import datetime
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.vault import chain, normalise, wrapping
from portal.vault.canonical import canonical_json
from portal.vault.checkpoint import Checkpoint, public_key, read_checkpoint
from portal.vault.ciphers import cipher
from portal.vault.files import FileKey, OpenedFile, object_length, open_file_key, seal_chunks, seal_file_key
from portal.vault.index import blind_index, blind_index_sm3, index_key, short_index
from portal.vault.root import RootKey, parse_root
from portal.vault.sealing import open_group, seal_group
from tests.vault.vectors import content, data_keys, holding, named, packed, stored_object


def test_no_kind_of_vector_is_left_out():
    kinds = {"root", "wrap", "group", "index", "file", "commitment", "chain"}
    assert sum(len(holding(kind)) for kind in kinds) == 37


@pytest.mark.parametrize("vector", holding("root"), ids=named)
def test_root(vector):
    root = RootKey(vector["environment"], bytes.fromhex(vector["key"]))
    assert root.text == vector["text"]
    assert root.id.hex() == vector["root_id"]
    assert parse_root(vector["text"]) == root
    assert parse_root(vector["text"].rstrip("\n")) == root


@pytest.mark.parametrize("vector", holding("wrap"), ids=named)
def test_wrap(vector):
    if vector["of"] == "epoch":
        context = wrapping.epoch_context(bytes.fromhex(vector["root_id"]), vector["epoch"])
    elif vector["of"] == "secret":
        root_id = bytes.fromhex(vector["root_id"])
        context = wrapping.secret_context(root_id, vector["secret_name"], vector["version"])
    else:
        context = wrapping.data_context(vector["epoch"], packed(vector), vector["version"])
    assert context.hex() == vector["context"]
    under, key = AESGCM(bytes.fromhex(vector["under"])), bytes.fromhex(vector["key"])
    wrapped = wrapping.wrap(under, key, context, nonce=bytes.fromhex(vector["nonce"]))
    assert wrapped.hex() == vector["wrapped"]
    assert wrapping.unwrap(under, wrapped, context) == key


@pytest.mark.parametrize("vector", holding("group"), ids=named)
def test_group(vector):
    fields = {name: text for name, text in vector["fields"].items() if text is not None}
    assert canonical_json(fields).decode() == vector["json"]
    assert len(canonical_json(fields)) == vector["json_bytes"]
    bound = vector["label"], bytes.fromhex(vector["row"]), packed(vector)
    sealing = data_keys(vector, up_to=vector["version"])
    nonce = bytes.fromhex(vector["nonce"])
    blob = seal_group(sealing, *bound, fields, nonce=nonce, algorithm=vector["algorithm"])
    assert blob.hex() == vector["blob"]
    assert open_group(data_keys(vector), *bound, blob) == fields


@pytest.mark.parametrize("vector", holding("index"), ids=named)
def test_index(vector):
    if "development_id" in vector:
        normalised = normalise.phone_last4(UUID(vector["development_id"]), vector["text"])
    else:
        normalised = normalise.NORMALISERS[vector["field"]].rule(vector["text"])
    assert normalised is not None
    assert normalised.hex() == vector["normalised"]
    key = index_key(bytes.fromhex(vector["secret"]), vector["label"], vector["field"], 1)
    index = (blind_index_sm3 if vector["secret_name"] == "index-sm3" else blind_index)(key, normalised)
    assert (index.hex() if vector["unique"] else short_index(index)) == vector["index"]


@pytest.mark.parametrize("vector", holding("file"), ids=named)
def test_file(vector):
    held = FileKey(bytes.fromhex(vector["file_key"]), vector["size"], vector["algorithm"])
    whole = b"".join(seal_chunks(cipher(held.algorithm, held.key), io.BytesIO(content(vector))))
    assert (len(whole), hashlib.sha256(whole).hexdigest()) == (vector["object_length"], vector["object_sha256"])
    assert len(whole) == object_length(vector["size"])
    assert whole == stored_object(vector)
    bound = bytes.fromhex(vector["file_id"]), packed(vector)
    sealing, nonce = data_keys(vector, up_to=vector["version"]), bytes.fromhex(vector["nonce"])
    blob = seal_file_key(sealing, *bound, held, nonce=nonce)
    assert blob.hex() == vector["blob"]
    assert open_file_key(data_keys(vector), *bound, blob) == held
    assert b"".join(OpenedFile(held).read([whole], len(whole))) == content(vector)


@pytest.mark.parametrize("vector", holding("commitment"), ids=named)
def test_commitment(vector):
    assert chain.note_digest(vector["fields"]) == vector["commitment"]


@pytest.mark.parametrize("vector", holding("chain"), ids=named)
def test_chain(vector):
    head, rows = chain.START, []
    for event in vector["events"]:
        kept = chain.canonical_json(event["event"])
        assert kept.decode() == event["json"]
        head = chain.event_hash(head, kept)
        assert head.hex() == event["hash"]
        rows.append((kept, head))
    assert chain.follow(rows) == (len(rows), head)
    at = datetime.fromisoformat(vector["at"])
    checkpoint = Checkpoint(UUID(vector["installation"]), len(rows), head, at)
    assert chain.instant_text(at) == vector["at"]
    assert checkpoint.sign(bytes.fromhex(vector["seed"])) == vector["checkpoint"]
    assert public_key(bytes.fromhex(vector["seed"])).hex() == vector["public"]
    found = read_checkpoint(vector["checkpoint"], UUID(vector["installation"]), bytes.fromhex(vector["public"]))
    assert found == checkpoint
    found.confirm(*chain.follow(rows))
