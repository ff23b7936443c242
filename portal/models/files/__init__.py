"""Sealed files and the photos that hang on tickets."""

from portal.models.files.attachment import MOST_PHOTOS, Attachment
from portal.models.files.sealed_file import SealedFile

__all__ = ["MOST_PHOTOS", "Attachment", "SealedFile"]
