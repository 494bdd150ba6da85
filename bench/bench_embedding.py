"""How many texts a second become vectors, by their length, for each way of running the built-in model.

    python -m bench.bench_embedding [--seconds 6] [--threads 1]

Texts are CLINC150's questions, joined until they have about as many tokens as wanted; the longest is cut at 256 by the
model. CPU seconds of this process; PyTorch and ONNX Runtime take turns, so that a busy machine disturbs both alike.
The least cosine between their vectors is printed, and the memory each takes in a process of its own. ONNX Runtime
needs `make install-onnx`; the model is exported first if it is not there.
"""

import argparse
import gzip
import json
import os
import subprocess
import sys
import time
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import numpy as np

from bench import ground

DATA = Path(__file__).parent / "data" / "intents_clinc150.jsonl.gz"
TOKENS = (11, 48, 128, 256)
AT_ONCE = 256  # as the job has them
LEAST = 0.9999


def texts_of(tokens: int, tokenizer: Any) -> list[str]:
    """A few hundred, none twice."""
    with gzip.open(DATA, "rt", encoding="utf-8") as lines:
        questions = [json.loads(line)["text"] for line in lines]
    source, found = cycle(questions), []
    for _ in range(max(AT_ONCE, 6_000 // tokens)):
        text = next(source)
        while tokens > 20 and len(tokenizer.tokenize(text)) < tokens:
            text += " " + next(source)
        found.append(text)
    return found


def cpu_rate(encode: Any, texts: list[str]) -> tuple[int, float]:
    """Texts and CPU seconds of one call."""
    began = time.process_time()
    encode(texts)
    return len(texts), time.process_time() - began


def memory_of(backend: str) -> int:
    """MiB at most, of a process that does nothing else: batches of the longest texts."""
    code = f"from bench.bench_embedding import alone; alone({backend!r})"
    told = subprocess.run(
        [sys.executable, "-c", code],
        env={
            **os.environ,
            "EMBEDDING_ONNX": "1" if backend == "onnx" else "0",
            "BENCH_VAR": str(ground.BASE / "var"),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return int(told.stdout.split()[-1])


def alone(backend: str) -> None:
    import django

    os.environ["GENBA_VAR"] = os.environ["BENCH_VAR"]
    django.setup()
    from annotator.encoding import loading
    from drift import memory

    model = loading.load()
    assert model.backend == backend
    for size in (32, 64):
        model.encode(["a question that is long " * 80] * size)
    print(memory.peak_mb())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=6.0, help="of CPU, for each length and way")
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = str(asked.threads)
    import django

    django.setup()
    from annotator.encoding import by_onnx, export, exported, folders, loading, permitted

    folder = folders.of(permitted.BUILT_IN)
    fingerprint = folders.fingerprint(permitted.BUILT_IN, folder)
    plain = loading.by_torch(folder, "cpu")
    import torch  # noqa: TID251 - it is measured

    torch.set_num_threads(asked.threads)
    made = exported.find(fingerprint) or export.export(permitted.BUILT_IN)[0]
    quick = by_onnx.encoder(folder, made, asked.threads)

    def by_torch(texts: list[str]) -> Any:
        return plain.encode(
            texts, batch_size=loading.BATCH, normalize_embeddings=True, show_progress_bar=False
        )

    ways = {"torch": by_torch, "onnx": quick}
    print(
        f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; {asked.threads} thread(s)"
    )
    print(f"{'tokens':>8}  {'torch':>8}  {'onnx':>8}  texts per CPU second; least cosine")
    for tokens in TOKENS:
        texts = texts_of(tokens, plain.tokenizer)
        spent = {name: [0, 0.0] for name in ways}
        chunks = cycle([texts[k : k + AT_ONCE] for k in range(0, len(texts), AT_ONCE)])
        for encode in ways.values():
            encode(texts[:AT_ONCE])
        while min(seconds for _n, seconds in spent.values()) < asked.seconds:
            chunk = next(chunks)
            for name, encode in ways.items():
                n, seconds = cpu_rate(encode, chunk)
                spent[name][0] += n
                spent[name][1] += seconds
        some = list(islice(texts, AT_ONCE))
        cosine = (np.asarray(by_torch(some), dtype=float) * quick(some)).sum(axis=1).min()
        rates = {name: n / seconds for name, (n, seconds) in spent.items()}
        print(f"{tokens:>8}  {rates['torch']:>8.1f}  {rates['onnx']:>8.1f}  {cosine:.7f}")
        assert cosine >= LEAST, "the vectors differ"
    print(f"memory at most: torch {memory_of('torch')} MB, onnx {memory_of('onnx')} MB")


if __name__ == "__main__":
    main()
