"""Which addresses in a payload may become links, and the host that is shown beside them."""

from urllib.parse import urlsplit

SCHEMES = frozenset({"http", "https", "mailto"})


def allowed(address: str) -> bool:
    """Whole addresses of the web or of mail. No relative ones, which would lead into our own site,
    and none with a user name, which only ever disguises the host."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    if parts.scheme == "mailto":
        return bool(parts.path)
    return parts.scheme in SCHEMES and bool(host) and "@" not in parts.netloc and "\\" not in address


def shown_host(address: str) -> str:
    """`address` is allowed."""
    parts = urlsplit(address)
    return parts.path if parts.scheme == "mailto" else parts.netloc
