"""Exporting a model for ONNX Runtime, once, with the proof that it gives the same vectors.

What is exported ends at the states of the tokens; `by_onnx` pools them. Needs the ml set, onnx and onnxscript.
"""

import logging
import os
import warnings
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from annotator import weights
from annotator.encoding import by_onnx, exported, folders, loading
from annotator.encoding.exported import About, Export, Pooling

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

SAME = 0.9999  # cosine at least, of every text of the trial
_POOLINGS: dict[str, Pooling] = {"mean": "mean", "cls": "cls"}
_WORDS = "Where is my order? I paid for it last week, with the card that ends in 17, and nobody answers. 주문 조회 ✓"


class CannotExport(Exception):
    """The text says why."""


def export(name: str) -> tuple[Export, float]:
    """The model's export and the least cosine between its vectors and PyTorch's. One that is there is made anew."""
    folder = folders.of(name)
    fingerprint = folders.fingerprint(name, folder)
    model = loading.by_torch(folder, "cpu")
    file = exported.place(fingerprint)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = file.with_name(f".{os.getpid()}.{file.name}")
    try:
        _write(model, new)
        made = Export(new, _about(model, folder, fingerprint, new))
        least = _least_cosine(model, by_onnx.encoder(folder, made, loading.threads()))
        if not least >= SAME:
            raise CannotExport(f"its vectors differ from PyTorch's: cosine {least:.6f}")
        file.with_suffix(".json").write_bytes(msgspec.json.encode(made.about))
        new.replace(file)
    finally:
        new.unlink(missing_ok=True)
    return Export(file, made.about), least


def _write(model: "SentenceTransformer", file: Path) -> None:
    import torch  # noqa: PLC0415, TID251 - a command

    logging.getLogger("onnx_ir").setLevel(logging.WARNING)  # hundreds of lines otherwise
    inner: Any = model[0].auto_model
    inner.set_attn_implementation("eager")  # a plainer graph than the fused one's

    class States(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = inner

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            return self.inner(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state

    batch, length = (
        torch.export.Dim("batch", min=1),
        torch.export.Dim("length", min=2, max=model.max_seq_length),
    )
    free = {0: batch, 1: length}
    ids = torch.randint(0, min(1000, inner.config.vocab_size), (3, 17))
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            States().train(mode=False),
            (ids, torch.ones_like(ids)),
            dynamo=True,
            dynamic_shapes={"input_ids": free, "attention_mask": free},
            input_names=["input_ids", "attention_mask"],
            output_names=["states"],
            verbose=False,
        )
    if program is None:
        raise CannotExport("PyTorch made nothing of it")
    program.save(str(file))


def _about(model: "SentenceTransformer", folder: Path, fingerprint: str, file: Path) -> About:
    if not (folder / "tokenizer.json").is_file():
        raise CannotExport("it has no tokenizer.json")
    kinds = [type(module).__name__ for module in model]
    if kinds[:2] != ["Transformer", "Pooling"] or kinds[2:] not in ([], ["Normalize"]):
        raise CannotExport(f"only a transformer with pooling can be exported, and it is {', '.join(kinds)}")
    if model.default_prompt_name:
        raise CannotExport("it puts a prompt before each text")
    return About(
        fingerprint=fingerprint,
        sha256=weights.sha256_of(file),
        dimensions=model.get_embedding_dimension() or 0,
        pooling=_pooling(model),
        length=model.max_seq_length or 512,
        lower=bool(getattr(model[0], "do_lower_case", False)),
        padding=(model.tokenizer.pad_token_id, model.tokenizer.pad_token),
        made_with={name: version(name) for name in ("torch", "onnx", "onnxscript", "transformers")},
    )


def _pooling(model: "SentenceTransformer") -> Pooling:
    said: Any = model[1].pooling_mode
    mode = said if isinstance(said, str) else "+".join(said)
    if mode not in _POOLINGS:
        raise CannotExport(f"it pools by {mode}")
    return _POOLINGS[mode]


def _least_cosine(model: "SentenceTransformer", encode: loading.Encoder) -> float:
    texts = trial()
    theirs = model.encode(texts, batch_size=loading.BATCH, normalize_embeddings=True, show_progress_bar=False)
    return float((np.asarray(theirs, dtype=np.float64) * encode(texts)).sum(axis=1).min())


def trial() -> Sequence[str]:
    """Of one word to more than any model reads, in no order."""
    words = _WORDS.split()
    return ["", *(" ".join((words * 80)[: 1 + n * 37 % 400]) for n in range(24))]
