"""Models exported for ONNX Runtime, in `var/onnx`: a file named by the fingerprint of what it was made from, and
beside it what one must know to use it. Imports nothing heavy."""

import logging
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec
from django.conf import settings

from annotator import weights

log = logging.getLogger(__name__)

Pooling = Literal["mean", "cls"]


class About(msgspec.Struct, frozen=True):
    """What lies beside the file. `length`: tokens of a text at most. `lower`: texts are lowered before."""

    fingerprint: str
    sha256: str  # of the exported file
    dimensions: int
    pooling: Pooling
    length: int
    lower: bool
    padding: tuple[int, str]  # id of the token, and its text
    made_with: dict[str, str]


@dataclass(frozen=True)
class Export:
    file: Path
    about: About


def place(fingerprint: str) -> Path:
    return Path(settings.VAR) / "onnx" / f"{fingerprint}.onnx"


def find(fingerprint: str) -> Export | None:
    """None when there is none, or when it is not what was written: then PyTorch does the work."""
    file = place(fingerprint)
    beside = file.with_suffix(".json")
    if not file.is_file() or not beside.is_file():
        return None
    try:
        about = msgspec.json.decode(beside.read_bytes(), type=About)
    except msgspec.MsgspecError:
        _warn(str(beside))
        return None
    if about.fingerprint != fingerprint or weights.sha256_of(file) != about.sha256:
        _warn(str(file))
        return None
    return Export(file, about)


@lru_cache(maxsize=16)
def _warn(file: str) -> None:
    log.warning("%s is not what was exported, and is not used: run “manage.py export_encoder” anew", file)
