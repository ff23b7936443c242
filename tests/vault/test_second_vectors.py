"""The second implementation makes and opens every vector that must hold, and refuses every one that must not."""

from __future__ import annotations

import re

import pytest

from tests.vault.second import blind, files, groups, keys, notes
from tests.vault.second.aead import Refused
from tests.vault.vectors import content, holding, named, packed, refused, stored_object


def raw(vector, *names: str) -> list[bytes]:
    return [bytes.fromhex(vector[name]) for name in names]


def data_keys(vector, up_to: int = 0xFFFF) -> dict[int, bytes]:
    return {int(v): bytes.fromhex(key) for v, key in vector["keys"].items() if int(v) <= up_to}


def sealed_with(vector):
    nonce, algorithm = bytes.fromhex(vector["nonce"]), vector["algorithm"]
    return {"nonce": nonce, "algorithm": algorithm, "development": vector["development"]}


@pytest.mark.parametrize("vector", holding("root"), ids=named)
def test_root(vector):
    key = bytes.fromhex(vector["key"])
    assert keys.read_root(vector["text"]) == (vector["environment"], key)
    assert keys.root_id(vector["environment"], key).hex() == vector["root_id"]


@pytest.mark.parametrize("vector", holding("wrap"), ids=named)
def test_wrap(vector):
    under, key, nonce, wrapped, context = raw(vector, "under", "key", "nonce", "wrapped", "context")
    root = bytes.fromhex(vector.get("root_id", ""))
    made = {
        "epoch": lambda: keys.epoch_context(root, vector["epoch"]),
        "secret": lambda: keys.secret_context(root, vector["secret_name"], vector["version"]),
        "data": lambda: keys.data_context(vector["epoch"], packed(vector), vector["version"]),
    }
    assert made[vector["of"]]() == context
    assert keys.wrap(under, key, context, nonce) == wrapped
    assert keys.unwrap(under, wrapped, context) == key


@pytest.mark.parametrize("vector", holding("group"), ids=named)
def test_group(vector):
    fields = {name: text for name, text in vector["fields"].items() if text is not None}
    bound = vector["label"], bytes.fromhex(vector["row"]), packed(vector)
    blob = groups.seal_group(data_keys(vector, vector["version"]), *bound, fields, **sealed_with(vector))
    assert (groups.written(fields), blob.hex()) == (vector["json"], vector["blob"])
    assert groups.open_group(data_keys(vector), *bound, blob, development=vector["development"]) == fields


@pytest.mark.parametrize("vector", holding("index"), ids=named)
def test_index(vector):
    if "development_id" in vector:
        what = blind.phone_last4(bytes.fromhex(vector["development_id"].replace("-", "")), vector["text"])
    else:
        what = blind.normalised(vector["field"], vector["text"])
    assert what is not None
    assert what.hex() == vector["normalised"]
    sm3 = vector["secret_name"] == "index-sm3"
    found = blind.index(bytes.fromhex(vector["secret"]), vector["label"], vector["field"], what, sm3=sm3)
    assert (found.hex() if vector["unique"] else blind.short(found)) == vector["index"]


@pytest.mark.parametrize("vector", holding("file"), ids=named)
def test_file(vector):
    key, file_id = raw(vector, "file_key", "file_id")
    stored, bound = files.seal_object(vector["algorithm"], key, content(vector)), (file_id, packed(vector))
    assert stored == stored_object(vector)
    sealing = data_keys(vector, vector["version"])
    blob = files.seal_key(sealing, *bound, key, vector["size"], **sealed_with(vector))
    assert blob.hex() == vector["blob"]
    opened = files.open_file(data_keys(vector), *bound, blob, stored, development=vector["development"])
    assert opened == content(vector)


@pytest.mark.parametrize("vector", holding("commitment"), ids=named)
def test_commitment(vector):
    assert notes.commitment(vector["fields"]) == vector["commitment"]


@pytest.mark.parametrize("vector", holding("chain"), ids=named)
def test_chain(vector):
    seed, public = raw(vector, "seed", "public")
    rows = [(groups.written(event["event"]).encode(), bytes.fromhex(event["hash"])) for event in vector["events"]]
    assert [kept.decode() for kept, _ in rows] == [event["json"] for event in vector["events"]]
    count, head = notes.follow(rows)
    text = notes.checkpoint_text(vector["installation"], count, head, vector["at"])
    assert (notes.public_of(seed), notes.sign(text, seed)) == (public, vector["checkpoint"])
    found = notes.read_checkpoint(vector["checkpoint"], vector["installation"], public)
    assert found == (count, head, vector["at"])


@pytest.mark.parametrize("vector", refused("group"), ids=named)
def test_refused_group(vector):
    row, blob = raw(vector, "row", "blob")
    step = re.split(r": | \(", vector["why"])[0]
    with pytest.raises(Refused, match=f"^{step}$"):
        groups.open_group(
            data_keys(vector), vector["label"], row, packed(vector), blob, development=vector["development"]
        )


@pytest.mark.parametrize("vector", refused("wrap"), ids=named)
def test_refused_wrap(vector):
    with pytest.raises(Refused):
        keys.unwrap(*raw(vector, "under", "wrapped", "context"))


@pytest.mark.parametrize("vector", refused("root"), ids=named)
def test_refused_root(vector):
    with pytest.raises(Refused):
        keys.read_root(vector["text"])


@pytest.mark.parametrize("vector", refused("file"), ids=named)
def test_refused_file(vector):
    file_id, blob = raw(vector, "file_id", "blob")
    with pytest.raises(Refused):
        files.open_file(
            data_keys(vector), file_id, packed(vector), blob, stored_object(vector), development=vector["development"]
        )


@pytest.mark.parametrize("vector", refused("chain"), ids=named)
def test_refused_chain(vector):
    rows = [(event["json"].encode(), bytes.fromhex(event["hash"])) for event in vector["events"]]
    try:
        found = notes.read_checkpoint(vector["checkpoint"], vector["installation"], bytes.fromhex(vector["public"]))
        why = "" if found[:2] == notes.follow(rows) else "checkpoint"
    except Refused as refusal:
        why = str(refusal)
    assert why == vector["why"]
