"""Sealed fields of models: declared as groups, sealed when the session flushes, opened when they are read."""

from portal.models.fields.closed import Closed
from portal.models.fields.columns import file_key_column, index_column, sealed_column
from portal.models.fields.field import FieldQuery, SealedField
from portal.models.fields.flush import groups_of, reseal
from portal.models.fields.group import SealedGroup
from portal.models.fields.many import open_many
from portal.models.fields.row import SealedRow

__all__ = [
    "Closed",
    "FieldQuery",
    "SealedField",
    "SealedGroup",
    "SealedRow",
    "file_key_column",
    "groups_of",
    "index_column",
    "open_many",
    "reseal",
    "sealed_column",
]
