"""An exported model, run by ONNX Runtime in single precision. No PyTorch: tokenizers and numpy do the rest.

Never int8: its scales depend on what else is in the batch, so that the same text has another vector each time.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from annotator.encoding.exported import About, Export
from annotator.encoding.loading import BATCH, Encoder, Vectors

AT_ONCE = 1024  # texts cut into tokens at a time
MOST_TOKENS = 2048  # of a batch: four times as many need three times the memory and are no faster
MOST_PADDING = 0.1  # of a batch's tokens: what is padded is computed, too


def encoder(folder: Path, export: Export, threads: int) -> Encoder:
    """Safe to call from several threads."""
    import onnxruntime  # noqa: PLC0415 - optional
    from tokenizers import Tokenizer  # noqa: PLC0415

    about = export.about
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.enable_cpu_mem_arena = False  # it keeps twice what the largest batch took
    session = onnxruntime.InferenceSession(str(export.file), options, providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(about.length)
    tokenizer.no_padding()

    def encode(texts: Sequence[str]) -> Vectors:
        found = np.empty((len(texts), about.dimensions), dtype=np.float32)
        for start in range(0, len(texts), AT_ONCE):
            part = texts[start : start + AT_ONCE]
            cut = tokenizer.encode_batch([text.lower() if about.lower else text for text in part])
            tokens = [one.ids for one in cut]
            order = sorted(range(len(part)), key=lambda k: len(tokens[k]))
            while order:
                rows = order[: _fitting([len(tokens[k]) for k in order[:BATCH]])]
                order = order[len(rows) :]
                ids, mask = _padded([tokens[k] for k in rows], about.padding[0])
                (states,) = session.run(["states"], {"input_ids": ids, "attention_mask": mask})
                found[[start + k for k in rows]] = _pooled(states, mask, about)
        return found

    return encode


def _fitting(lengths: Sequence[int]) -> int:
    """How many of the next texts, the shortest first, are a batch."""
    total, most = 0, 1
    for n, length in enumerate(lengths, 1):
        total += length
        if n * length <= MOST_TOKENS and n * length - total <= MOST_PADDING * n * length:
            most = n
    return most


def _padded(tokens: Sequence[Sequence[int]], padding: int) -> tuple[np.ndarray, np.ndarray]:
    """(rows, longest) ids, and 1 where there is a token."""
    longest = max(2, *map(len, tokens)) if len(tokens) > 1 else max(2, len(tokens[0]))
    ids = np.full((len(tokens), longest), padding, dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, one in enumerate(tokens):
        ids[row, : len(one)] = one
        mask[row, : len(one)] = 1
    return ids, mask


def _pooled(states: Vectors, mask: np.ndarray, about: About) -> Vectors:
    """(rows, d) of length 1 from (rows, tokens, d)."""
    if about.pooling == "cls":
        rows = states[:, 0]
    else:
        here = mask[:, :, None].astype(np.float32)
        rows = (states * here).sum(axis=1) / np.maximum(here.sum(axis=1), 1)
    found: Vectors = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1e-12))
    return found
