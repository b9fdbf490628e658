"""`train namer`, `namer` and `pairs` as they are called: from takes to a bundle whose names a network of its own hears,
and to one that keeps moments of two things anew.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from scipy.io import wavfile

from s2s import bundle
from s2s.__main__ import main
from s2s.card import SourceHeadsSizes, read_card, write_card
from s2s.data.esc10 import OTHER
from s2s.models.autoencoder import Autoencoder
from s2s.models.registry import build
from s2s.models.source_heads import SourceHeads
from s2s.sampling.sources import hear_sound
from s2s.spectrogram_spec import SpectrogramSpec
from s2s.training.inputs import pair_moments
from s2s.training.stages import autoencoder
from s2s.world.state import SCENES
from s2s.world.takes import WorldCounts, write_takes
from tests.fakes import write_memory_bundle, write_tiny_bundle

pytestmark = [pytest.mark.gl, pytest.mark.heavy, pytest.mark.proc]

NOISE = (0.1 * np.random.default_rng(0).standard_normal(16_000)).astype(np.float32)


@pytest.fixture(autouse=True)
def same_threads() -> Iterator[None]:
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def story(tmp_path: Path) -> Path:
    path = tmp_path / "story.yaml"
    path.write_text("provenance: a test\ndata: the world\n")
    return path


@pytest.fixture(scope="module")
def more(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Recordings by scene: rain in two, one sound that is none of them."""
    folder = tmp_path_factory.mktemp("more")
    for scene, name in (("rain", "shower-0"), ("rain", "drizzle-0"), (OTHER, "cat-0")):
        path = folder / scene / f"{name}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        wavfile.write(path, 16_000, NOISE)
    return folder


@pytest.fixture(scope="module")
def namer(tmp_path_factory: pytest.TempPathFactory, more: Path) -> Path:
    """What `train namer` leaves, hearing down to the tiny bundle's floor."""
    folder = tmp_path_factory.mktemp("namer")
    takes, out = folder / "takes", folder / "namer"
    write_takes(takes, WorldCounts(8, 8, 32, num_scenes=4), workers=1)
    sizes = ["--set", "channels=[4, 4, 6, 6, 8]", "--set", "batch=4", "--set", "columns=24", "--threads", "1"]
    command = ["train", "namer", str(takes), str(out), "--more", str(more), "--unknown", "2", "--floor", "1e-7"]
    assert main([*command, *sizes, "--steps", "1"]) == 0
    return out


@pytest.fixture(scope="module")
def naming(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny bundle that names all scenes, by untrained heads."""
    model = bundle.load(write_tiny_bundle(tmp_path_factory.mktemp("tiny") / "tiny"))
    sizes = SourceHeadsSizes(names=SCENES, map_dim=32, h_dim=32, hidden=16)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        heads = build(sizes)
    card = model.card.model_copy(update={"source_heads": sizes})
    parts = {"audio_encoder": model.audio_encoder, "generator": model.generator, "image_encoder": model.image_encoder}
    folder = tmp_path_factory.mktemp("naming") / "naming"
    bundle.save(folder, card, **parts, source_heads=heads, half=True)  # type: ignore[arg-type]
    return folder


def test_a_namer_is_trained_and_put_into_a_bundle_that_is_the_old_one_otherwise(
    naming: Path, namer: Path, more: Path, story: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("s2s.commands.second.fresh_takes", lambda names, _: fresh(names))
    out = tmp_path / "model"
    asked = ["--takes", "1", "--mixes", "20", "--more", str(more), "--recorded-mixes", "1", "--unknown", "2"]
    assert main(["namer", str(naming), str(namer), str(out), *asked, "--version", "9", "--story", str(story)]) == 0
    old, new = bundle.load(naming), bundle.load(out)
    assert new.card.version == "9" and new.card.source_heads is not None
    assert new.card.source_heads.namer == (4, 4, 6, 6, 8)
    assert isinstance(new.source_heads, SourceHeads) and old.source_heads is not None
    assert torch.equal(new.source_heads.detect.bias, old.source_heads.detect.bias)
    assert new.source_heads.name_shares.tolist() != [0.0, 1.0, 1.0] and new.source_heads.odds.tolist() != [0, 1, 0]
    assert torch.equal(new.audio_encoder.fc.weight, old.audio_encoder.fc.weight)
    hearing = hear_sound(new, NOISE)
    assert hearing.sources[0].name in SCENES and hearing.certainty is not None
    # What weighs a second thing may be learnt again.
    again = tmp_path / "again"
    asked = ["--takes", "1", "--mixes", "20", "--version", "10", "--story", str(story)]
    assert main(["second", str(out), str(again), *asked]) == 0
    kept = bundle.load(again).source_heads
    assert kept is not None and kept.namer is not None
    assert torch.equal(kept.namer.answer.bias, new.source_heads.namer.answer.bias)  # type: ignore[union-attr]


def fresh(names: tuple[str, ...]) -> Iterator[tuple[object, np.ndarray]]:
    """Yield a noise of every scene, a band each, in place of takes that take seconds to make."""
    from s2s.world.state import draw_state

    for number, scene in enumerate(names):
        tone = np.sin(2 * np.pi * (200.0 + 200.0 * number) * np.arange(16_000) / 16_000)
        yield draw_state(scene, number), (0.1 * tone).astype(np.float32)


def test_a_namer_that_hears_another_spectrogram_is_refused(
    naming: Path, namer: Path, story: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deaf = tmp_path / "deaf"
    model = bundle.load(naming)
    parts = {"audio_encoder": model.audio_encoder, "generator": model.generator, "image_encoder": model.image_encoder}
    bundle.save(deaf, model.card, **parts, source_heads=model.source_heads)  # type: ignore[arg-type]
    spec = SpectrogramSpec(floor=1e-9, normalisation="fixed", mean=-10.0, deviation=2.0)
    write_card(deaf, read_card(deaf).model_copy(update={"spectrogram": spec}))
    assert main(["namer", str(deaf), str(namer), str(tmp_path / "out"), "--story", str(story)]) == 2
    assert "expected the same, at fixed levels" in capsys.readouterr().err


def test_moments_of_two_things_are_kept_anew_and_nothing_else_changes(
    story: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    some = [("train", "owl"), ("sea", "dog"), ("stream", "rooster"), ("fire", "bell"), ("traffic", "rain")]
    monkeypatch.setattr(pair_moments, "composable_pairs", lambda: some)
    model = bundle.load(write_memory_bundle(tmp_path / "old", pairs=32))
    painter = tmp_path / "autoencoder"
    painter.mkdir()
    decoder = model.generator.decoder  # type: ignore[attr-defined]
    net = Autoencoder(decoder.code_dim, decoder.channels, decoder.blocks)
    net.decoder.load_state_dict(decoder.state_dict())
    run = {"code_dim": decoder.code_dim, "channels": decoder.channels, "blocks": decoder.blocks}

    def keep(state: dict[str, torch.Tensor]) -> None:
        save_file({name: value.contiguous() for name, value in state.items()}, painter / autoencoder.WEIGHTS)

    keep(net.state_dict())
    (painter / "run.json").write_text(json.dumps(run))
    out = tmp_path / "new"
    command = ["pairs", str(tmp_path / "old"), str(out), "--autoencoder", str(painter)]
    assert main([*command, "--each", "3", "--drawn", "4", "--version", "8", "--story", str(story)]) == 0
    new = bundle.load(out)
    assert new.card.version == "8" and new.card.generator.pairs == 15  # type: ignore[union-attr]
    before, after = model.generator.state_dict(), new.generator.state_dict()  # type: ignore[attr-defined]
    assert all(
        torch.equal(before[key].float().half(), after[key].float().half()) for key in before if "pair" not in key
    )
    # Another painter's codes are nothing to this one.
    keep({name: value + 0.1 for name, value in net.state_dict().items()})
    assert main([*command[:2], str(tmp_path / "no"), *command[3:], "--story", str(story)]) == 2
    assert "expected the autoencoder that" in capsys.readouterr().err
