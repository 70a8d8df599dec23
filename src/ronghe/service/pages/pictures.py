"""Which pictures a page may show: the content-security policy refuses others, and a refused picture is a hole in the page."""

from urllib.parse import urlsplit


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


def _fits(source: str, scheme: str, host: str) -> bool:
    """A CSP source: "*", "https:", "https://host", "host" or "*.host"; http there stands for https, too."""
    if source == "*" or source.lower() == f"{scheme}:":
        return True
    said, _, rest = source.lower().rpartition("://")
    name = rest.partition("/")[0].partition(":")[0]
    alike = host.endswith(name[1:]) and host != name[2:] if name.startswith("*.") else host == name
    return bool(name) and alike and (not said or said == scheme or (said, scheme) == ("http", "https"))
