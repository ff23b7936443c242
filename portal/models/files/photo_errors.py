"""Why a photo is not taken: each reason has its own type and its own sentence for the person who chose the file."""

from __future__ import annotations

from portal.models.errors import N_, Refused


class PhotoError(Refused):
    """A photo that cannot be used. Never carries a byte, a name or a measure of the file."""

    message = N_("这张照片无法使用，请换一张")


class WrongPhotoType(PhotoError):
    """The bytes are none of JPEG, PNG, WebP and HEIC, whatever the file calls itself."""

    message = N_("请选择 JPEG、PNG、WebP 或 HEIC 格式的照片")


class PhotoTooLarge(PhotoError):
    """More bytes than allowed."""

    message = N_("照片文件太大，每张不能超过 15 MB")


class TooManyPixels(PhotoError):
    """The header announces more pixels than allowed; nothing was decoded."""

    message = N_("照片的尺寸太大，每张不能超过 5000 万像素")


class BrokenPhoto(PhotoError):
    """The bytes begin like a photo but do not decode: cut off, damaged, or made to do harm."""

    message = N_("照片不完整或已损坏，请重新选择")


class PhotosBusy(PhotoError):
    """Too many photos are being decoded at this moment; the same file may be sent again (503, not 422)."""

    message = N_("正在处理的照片太多，请稍后再试")
