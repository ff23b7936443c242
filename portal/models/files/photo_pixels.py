"""From an opened photo to plain upright sRGB pixels, with the memory of one decoded photo and a little more."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from PIL import Image, ImageChops, ImageCms
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile
from pillow_heif import HeifImageFile

from portal.models.files.photo_errors import BrokenPhoto, TooManyPixels
from portal.models.files.photo_format import Format, check_scans, webp_size

MOST_PIXELS: Final = 50_000_000
_ORIENTATION_TAG: Final = 0x0112
_LARGEST_PROFILE: Final = 4 * 1024 * 1024
_PLAIN_MODES: Final = ("RGB", "L", "CMYK")
_STRIP_ROWS: Final = 256
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SRGB: Final = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def pixels(data: bytes, kind: Format, side: int) -> Image.Image:
    """The photo in RGB, longest side at most ``side``, upright, carrying pixels and nothing else.

    Raises TooManyPixels from the header; whatever else goes wrong inside a decoder comes out as BrokenPhoto.
    """
    try:
        image = _opened(data, kind)
        _check_size(image.size)
        return _finished(image, kind, side)
    except TooManyPixels:
        raise
    except Exception:  # noqa: BLE001 - decoders of hostile bytes raise nearly everything
        raise BrokenPhoto from None


def _opened(data: bytes, kind: Format) -> Image.Image:
    # The plugins' classes are used directly: ``Image.open`` would bring its own pixel limit, which is global to the
    # process, and every format anyone has registered.
    match kind:
        case "JPEG":
            check_scans(data)
            return JpegImageFile(BytesIO(data))
        case "PNG":
            return PngImageFile(BytesIO(data))
        case "WebP":
            _check_size(webp_size(data))
            return WebPImageFile(BytesIO(data))
        case "HEIC":
            image: Image.Image = HeifImageFile(BytesIO(data))  # type: ignore[no-untyped-call]
            return image


def _check_size(size: tuple[int, int]) -> None:
    if size[0] * size[1] > MOST_PIXELS:
        raise TooManyPixels
    if min(size) < 1:
        raise BrokenPhoto


def _finished(image: Image.Image, kind: Format, side: int) -> Image.Image:
    if kind == "JPEG":
        image.draft(None, _fitted(image.size, side))  # decodes at a half, a quarter or an eighth where that suffices
    image.load()
    profile = image.info.get("icc_profile")
    turn = None if kind == "HEIC" else _turn(image)  # HEIC is turned by its decoder
    flat = _in_srgb(_shrunk(image, side), profile)
    return flat.transpose(turn) if turn is not None else flat


def _fitted(size: tuple[int, int], side: int) -> tuple[int, int]:
    longest = max(size)
    if longest <= side:
        return size
    return max(1, round(size[0] * side / longest)), max(1, round(size[1] * side / longest))


def _turn(image: Image.Image) -> Image.Transpose | None:
    try:
        return _TURNS.get(image.getexif().get(_ORIENTATION_TAG, 1))
    except Exception:  # noqa: BLE001 - a damaged EXIF block is no reason to refuse the picture
        return None


def _shrunk(image: Image.Image, side: int) -> Image.Image:
    """The image without transparency, in its target size and in RGB, grey or CMYK."""
    factor = max(1, max(image.size) // side)
    if image.mode not in _PLAIN_MODES or image.has_transparency_data:
        plain = _plain_by_strips(image, factor)
    else:
        plain = image.reduce(factor) if factor > 1 else image
    target = _fitted(image.size, side)
    return plain if plain.size == target else plain.resize(target, Image.Resampling.BICUBIC)


def _plain_by_strips(image: Image.Image, factor: int) -> Image.Image:
    # Converting the whole image would hold it a second and a third time: 200 MB each for 50 megapixels.
    width, height = image.size
    rows = factor * max(1, _STRIP_ROWS // factor)
    plain: Image.Image | None = None
    for top in range(0, height, rows):
        strip = _plain(image.crop((0, top, width, min(top + rows, height)))).reduce(factor)
        if plain is None:
            plain = Image.new(strip.mode, (-(-width // factor), -(-height // factor)))
        plain.paste(strip, (0, top // factor))
    if plain is None:
        raise BrokenPhoto
    return plain


def _plain(strip: Image.Image) -> Image.Image:
    if not strip.has_transparency_data:
        if strip.mode.startswith("I"):  # 16 bits of grey, which the conversion would cut off at 255
            strip = strip.point(lambda value: value * (1 / 256))
        return strip.convert("L" if strip.mode[0] in "1I" else "RGB")
    seen = strip.convert("RGBA")
    seen.paste((255, 255, 255, 255), mask=ImageChops.invert(seen.getchannel("A")))
    return seen.convert("RGB")


def _in_srgb(image: Image.Image, profile: object) -> Image.Image:
    converted = _converted(image, profile) if isinstance(profile, bytes) else None
    plain = converted or image.convert("RGB")
    plain.info = {}  # comments and profiles would be written again by the encoder
    return plain


def _converted(image: Image.Image, profile: bytes) -> Image.Image | None:
    if not 0 < len(profile) <= _LARGEST_PROFILE:
        return None
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        return ImageCms.profileToProfile(image, source, _SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):  # a profile that is damaged, or not for these channels
        return None
