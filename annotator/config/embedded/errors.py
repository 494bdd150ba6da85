"""What can go wrong with an embedded engine."""


class EngineError(RuntimeError):
    """An embedded engine cannot run; the text says why and is meant for a person."""
