"""Nothing sealed is forgotten: every column of bytes is a place, an index, or told here to be neither."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import LargeBinary

from portal.extensions import Model
from portal.models.fields.places import indexed_places, places

SUBJECT = {"subject_kind", "subject_id"}
# Bytes that no data key seals: hashes of tokens and passwords, the audit chain's own.
PLAIN = {
    "audit_checkpoint.head",
    "challenge.value",
    "code.asker_hash",
    "code.code_hash",
    "code.number_hash",
    "device.key_hash",
    "erasure.token_hash",
    "event.h",
    "event.json",
    "household_invite.code_hash",
    "household_invite.number_hash",
    "link.token_hash",
    "passkey.credential_id",
    "passkey.public_key",
    "recovery_code.code_hash",
    "session.token_hash",
}


def test_every_sealed_column_is_a_place(app: Flask):
    sealed = {
        f"{table.name}.{column.name}"
        for table in Model.metadata.tables.values()
        for column in table.c
        if column.info.get("sealed") and not column.info.get("blind_index") and column.name not in SUBJECT
    }
    assert {place.name for place in places()} == sealed


def test_every_column_of_bytes_is_known(app: Flask):
    known = {place.name for place in places()} | PLAIN
    unknown = {
        f"{table.name}.{column.name}"
        for table in Model.metadata.tables.values()
        for column in table.c
        if type(column.type) is LargeBinary and not column.info.get("blind_index")
    }
    assert unknown - known == set()


def test_every_index_has_a_second_column(app: Flask):
    for place in indexed_places():
        assert set(place.index_columns) <= set(place.table.c.keys())
        assert all(place.table.c[name].info.get("blind_index") for name in place.index_columns)
    kept = {
        f"{table.name}.{column.name}"
        for table in Model.metadata.tables.values()
        for column in table.c
        if column.info.get("blind_index")
    }
    assert kept == {f"{place.table.name}.{name}" for place in indexed_places() for name in place.index_columns}
