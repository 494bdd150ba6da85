"""A sentence-transformers model of one thin layer and chance weights, with the built-in one's words."""

import shutil
from pathlib import Path

from annotator import weights


def save(folder: Path, *, pooling: str = "cls", dimensions: int = 32) -> Path:
    import torch  # noqa: TID251 - a model is made
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel

    torch.manual_seed(1)
    folder.mkdir(parents=True)
    sizes = {
        "hidden_size": dimensions,
        "intermediate_size": 64,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
    }
    BertModel(BertConfig(vocab_size=30_522, **sizes)).save_pretrained(folder / "bare")
    for name in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt"):
        shutil.copy(weights.path().parent / name, folder / "bare" / name)
    parts = [Transformer(str(folder / "bare"), max_seq_length=64), Pooling(dimensions, pooling_mode=pooling)]
    SentenceTransformer(modules=parts, device="cpu").save(str(folder / "model"))
    return folder / "model"
