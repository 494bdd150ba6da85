"""Why a start is refused."""


class StartRefused(RuntimeError):
    """Genba cannot start here and now; the text says why and what to do."""


class StopAsked(RuntimeError):
    """Somebody asked for the end (Ctrl-C, SIGTERM, the terminal closed)."""
