"""`second` as it is called: a bundle that names things -> one that weighs anew whether two are there."""

from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.io import wavfile

from s2s import bundle
from s2s.__main__ import main
from s2s.training.stages import naming
from tests.fakes import write_naming_bundle, write_tiny_bundle

pytestmark = pytest.mark.heavy

KNOWN = (0.1 * np.random.default_rng(0).standard_normal(160_000)).astype(np.float32)


@pytest.fixture
def story(tmp_path: Path) -> Path:
    path = tmp_path / "story.yaml"
    path.write_text("provenance: a test\ndata: the world\n")
    return path


def test_the_new_bundle_weighs_a_second_thing_and_is_the_old_one_otherwise(
    tmp_path: Path, story: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(naming, "AT_ONCE", 1)  # the mixes come after the sounds that are alone
    write_naming_bundle(tmp_path / "old", known=KNOWN, unknown=np.zeros(160_000, np.float32))
    # A rooster is none of its names; the last is of the fold that measures.
    for scene, name in (("rain", "1-17367-A-10"), ("rooster", "2-18766-A-1"), ("rain", "3-20000-A-10")):
        path = tmp_path / "esc10" / scene / f"{name}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        wavfile.write(path, 16_000, KNOWN[:16_000])
    asked = ["--takes", "1", "--mixes", "2", "--recordings", str(tmp_path / "esc10"), "--version", "7"]
    assert main(["second", str(tmp_path / "old"), str(tmp_path / "new"), *asked, "--story", str(story)]) == 0
    old, new = bundle.load(tmp_path / "old"), bundle.load(tmp_path / "new")
    assert old.source_heads is not None and new.source_heads is not None
    assert (new.card.version, new.card.provenance) == ("7", "a test")
    assert new.source_heads.second is not None and old.source_heads.second is None
    assert new.card.source_heads is not None and new.card.source_heads.second_windows == (4, 8, 16)
    assert bool((new.source_heads.second.weights != 0).any()), "no mix was learnt from"
    assert torch.equal(new.source_heads.detect.bias, old.source_heads.detect.bias)
    assert (tmp_path / "new/generator.safetensors").stat().st_size <= (
        tmp_path / "old/generator.safetensors"
    ).stat().st_size


def test_ears_that_name_nothing_are_refused(tmp_path: Path, story: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = write_tiny_bundle(tmp_path / "old")
    assert main(["second", str(old), str(tmp_path / "new"), "--story", str(story)]) == 2
    assert "expected a bundle whose ears name things, this one names none" in capsys.readouterr().err
