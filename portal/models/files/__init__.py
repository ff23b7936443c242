"""Sealed files and the photos that hang on tickets."""

from portal.models.files.attachment import MOST_PHOTOS, Attachment
from portal.models.files.sealed_file import SealedFile, object_opens

__all__ = ["MOST_PHOTOS", "Attachment", "SealedFile", "object_opens"]
