"""The one place where a model is loaded. Only the ml and suggest workers import this module.

In single precision always: by PyTorch on a GPU where there is one, else by ONNX Runtime where the model was
exported for it (`manage.py export_encoder`), else by PyTorch. All three give the same vectors.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from annotator.encoding import exported, folders, permitted
from annotator.jobs.work import PermanentError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = NDArray[np.float32]
Encoder = Callable[[Sequence[str]], Vectors]  # n texts to n rows of length 1

BATCH = 32  # more of them are slower
_SIGNS_OF_A_GPU = ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd")


@dataclass(frozen=True)
class Model:
    """Ready to encode. `backend`: "torch" or "onnx". `device`: "cpu" or "cuda"."""

    name: str  # as a project stores it
    fingerprint: str
    dimensions: int
    backend: str
    device: str
    encode: Encoder


def load(name: str = permitted.BUILT_IN) -> Model:
    """Each model once a process. PermanentError with what to do when it is not there or not as expected."""
    folder = folders.of(name)
    fingerprint = folders.fingerprint(name, folder)
    where = device()
    return _loaded(name, str(folder), fingerprint, where, _may_use_onnx(where, fingerprint))


def device(available: Callable[[], bool] | None = None) -> str:
    """Where PyTorch computes. It is asked only where the machine shows a GPU: loading it to ask takes seconds."""
    if available is None:
        if not any(Path(sign).exists() for sign in _SIGNS_OF_A_GPU):
            return "cpu"
        import torch  # noqa: PLC0415, TID251 - only the ml worker

        available = torch.cuda.is_available
    return "cuda" if available() else "cpu"


def threads() -> int:
    """The pages are served by the same machine."""
    return max(1, (os.cpu_count() or 2) // 2)


def _may_use_onnx(where: str, fingerprint: str) -> bool:
    if where != "cpu" or not settings.EMBEDDING_ONNX:
        return False
    return _has_onnx() and exported.find(fingerprint) is not None


@cache
def _has_onnx() -> bool:
    return find_spec("onnxruntime") is not None


@lru_cache(maxsize=2)
def _loaded(name: str, folder: str, fingerprint: str, where: str, by_onnx: bool) -> Model:
    if by_onnx and (export := exported.find(fingerprint)):
        from annotator.encoding import by_onnx as onnx  # noqa: PLC0415 - optional

        encode = onnx.encoder(Path(folder), export, threads())
        return Model(name, fingerprint, export.about.dimensions, "onnx", where, encode)
    model = by_torch(Path(folder), where)
    dimensions = model.get_embedding_dimension() or 0
    return Model(name, fingerprint, dimensions, "torch", where, _encode_of(model))


def by_torch(folder: Path, where: str) -> "SentenceTransformer":
    import torch  # noqa: PLC0415, TID251 - only the ml worker
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415

    torch.set_num_threads(threads())
    kinds: dict[str, Any] = {"use_safetensors": True, "dtype": torch.float32}
    try:
        return SentenceTransformer(
            str(folder), device=where, local_files_only=True, trust_remote_code=False, model_kwargs=kinds
        )
    except (OSError, ValueError, KeyError, ImportError, AttributeError) as error:
        raise PermanentError(
            _(
                "The model in %(folder)s cannot be loaded (%(error)s): put a sentence-transformers model there."
            )
            % {"folder": folder.name, "error": type(error).__name__}
        ) from error


def _encode_of(model: "SentenceTransformer") -> Encoder:
    def encode(texts: Sequence[str]) -> Vectors:
        """It sorts by length before it makes batches."""
        if not texts:
            return np.zeros((0, model.get_embedding_dimension() or 0), dtype=np.float32)
        found = model.encode(
            list(texts), batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(found, dtype=np.float32)

    return encode
