from pathlib import Path


def path_of(x: object) -> Path:
    return Path("/nonexistent")
