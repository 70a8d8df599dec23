"""Which pictures a page may show: the content-security policy refuses others, and a refused picture is a hole in the page."""

from urllib.parse import quote, urlsplit

from ronghe.core.errors import NotFound
from ronghe.core.media import PICTURE

STARTS = {
    PICTURE: ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"RIFF", "image/webp")),
    "sound": ((b"RIFF", "audio/wav"), (b"fLaC", "audio/flac"), (b"OggS", "audio/ogg")),
}  # how files begin, and what they are


def may_show(image: str, sources: str) -> bool:
    """True when the browser will load it: from this server, out of the address itself, or from one of the CSP `sources`."""
    try:
        found = urlsplit(image.strip())
    except ValueError:
        return False
    if not found.scheme and not found.netloc:
        return bool(image.strip())
    if found.scheme == "data":
        return image.lower().lstrip().startswith("data:image/")
    scheme = found.scheme or "https"
    return scheme in ("http", "https") and any(_fits(source, scheme, found.hostname or "") for source in sources.split())


def picture_of(item: str, image: str, sources: str, own: bool) -> str:
    """The address of an item's picture; "" where a page may not show it. own: the shop has a folder of pictures."""
    if not may_show(image, sources):
        return ""
    local = own and "//" not in image and not image.startswith("/") and not image.lower().startswith("data:")
    return f"/picture/{quote(item, safe='')}" if local else image


def type_of(content: bytes, kind: str) -> str:
    """What a file is, by how it begins. NotFound when it is no picture, or no sound, that the shop gives out."""
    found = next((said for start, said in STARTS[kind] if content.startswith(start)), None)
    if found is None or (found == "image/webp" and content[8:12] != b"WEBP"):
        raise NotFound(f"this is no {kind} that is given out")
    return found


def _fits(source: str, scheme: str, host: str) -> bool:
    """A CSP source: "*", "https:", "https://host", "host" or "*.host"; http there stands for https, too."""
    if source == "*" or source.lower() == f"{scheme}:":
        return True
    said, _, rest = source.lower().rpartition("://")
    name = rest.partition("/")[0].partition(":")[0]
    alike = host.endswith(name[1:]) and host != name[2:] if name.startswith("*.") else host == name
    return bool(name) and alike and (not said or said == scheme or (said, scheme) == ("http", "https"))
