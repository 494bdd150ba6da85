"""Which addresses in a payload may become links, and the host that is shown beside them."""

import re
from urllib.parse import urlsplit

_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?|[0-9a-f:.]*:[0-9a-f:.]*", re.I)  # name or IPv6
_SPACE_OR_BACKSLASH = re.compile(r"[\x00-\x20\x7f\\]")
SCHEMES = frozenset({"http", "https", "mailto"})


def allowed(address: str) -> bool:
    """Whole addresses of the web or of mail. No relative ones, which would lead into our own site,
    and none with a user name, which only ever disguises the host."""
    if _SPACE_OR_BACKSLASH.search(address):
        return False  # browsers and we would read another host in it
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme == "mailto":
        return bool(parts.path)
    return parts.scheme in SCHEMES and "@" not in parts.netloc and _HOST.fullmatch(host) is not None


def shown_host(address: str) -> str:
    """`address` is allowed."""
    parts = urlsplit(address)
    return parts.path if parts.scheme == "mailto" else parts.netloc
