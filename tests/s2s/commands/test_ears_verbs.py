"""`train sources`, `memory --pairs` and `ears` as they are called: from takes to a bundle that names and paints two."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from scipy.io import wavfile

from s2s import bundle
from s2s.__main__ import main
from s2s.data.esc10 import OTHER
from s2s.models.audio_encoder import AudioEncoder
from s2s.models.autoencoder import Autoencoder
from s2s.models.source_heads import SourceHeads
from s2s.sampling.sources import hear_sound
from s2s.training.stages import autoencoder
from s2s.world.composition import composable_pairs
from s2s.world.state import SCENES
from s2s.world.takes import WorldCounts, write_takes
from tests.fakes import write_tiny_bundle

pytestmark = [pytest.mark.gl, pytest.mark.heavy, pytest.mark.proc]

NOISE = (0.1 * np.random.default_rng(0).standard_normal(16_000)).astype(np.float32)


@pytest.fixture(autouse=True)
def same_threads() -> Iterator[None]:
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_bundle(tmp_path_factory.mktemp("tiny") / "tiny")


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
def ears(tmp_path_factory: pytest.TempPathFactory, tiny: Path, more: Path) -> Path:
    """What `train sources` leaves. To be read, or copied."""
    folder = tmp_path_factory.mktemp("ears")
    takes, out = folder / "takes", folder / "ears"
    write_takes(takes, WorldCounts(8, 8, 32, num_scenes=4), workers=1)
    command = ["train", "sources", str(takes), str(out), "--image-encoder", str(tiny), "--more", str(more)]
    sizes = ["--unknown", "2", "--threads", "1", "--set", "width=2", "--set", "batch=4", "--set", "columns=32"]
    assert main([*command, *sizes, "--steps", "1"]) == 0
    return out


def test_ears_are_trained_and_put_into_a_bundle_that_names_what_it_hears(
    tiny: Path, story: Path, ears: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "model"
    assert main(["ears", str(tiny), str(ears), str(out), "--version", "9", "--story", str(story)]) == 0
    assert f"{out}: " in capsys.readouterr().out
    model = bundle.load(out)
    assert model.card.version == "9" and model.spec.floor == 1e-12
    assert model.card.source_heads is not None and model.card.source_heads.names == SCENES
    hearing = hear_sound(model, NOISE)
    assert hearing.sources[0].name in SCENES and hearing.certainty is not None
    # What was there before is kept.
    assert model.image_encoder is not None and model.card.generator == bundle.read_card(tiny).generator


def test_other_ears_carry_the_marks_that_a_memory_keeps(tiny: Path, story: Path, ears: Path, tmp_path: Path) -> None:
    before, marked, after = tmp_path / "before", tmp_path / "marked", tmp_path / "after"
    assert main(["ears", str(tiny), str(ears), str(before), "--story", str(story)]) == 0
    model = bundle.load(before)
    assert model.card.source_heads is not None and model.source_heads is not None
    sizes = model.card.source_heads.model_copy(update={"marked": True})
    heads = SourceHeads(**sizes.model_dump(exclude={"architecture"}))
    marks = 0.125 * torch.eye(len(SCENES), 32)
    heads.load_state_dict({**model.source_heads.state_dict(), "marks": marks})
    parts = {"audio_encoder": model.audio_encoder, "generator": model.generator, "image_encoder": model.image_encoder}
    card = model.card.model_copy(update={"source_heads": sizes})
    bundle.save(marked, card, **parts, source_heads=heads)  # type: ignore[arg-type]
    assert main(["ears", str(marked), str(ears), str(after), "--story", str(story)]) == 0
    carried = bundle.load(after).source_heads
    assert carried is not None and torch.equal(carried.marks, marks)


def test_of_two_recordings_one_is_left_for_testing(ears: Path) -> None:
    about = json.loads((ears / "cache" / "scene_sounds" / "scene_sounds.json").read_text())
    assert [one["name"] for one in about["sounds"] if one["recorded"]] == ["rain/drizzle-0", "other/cat-0"]


@pytest.mark.slow
def test_a_memory_of_pairs_paints_two(tiny: Path, story: Path, tmp_path: Path) -> None:
    torch.manual_seed(0)
    painter, world, out = tmp_path / "autoencoder", tmp_path / "world", tmp_path / "model"
    painter.mkdir()
    net = Autoencoder(4, (16, 12, 8, 4), (1, 1, 1))
    save_file({name: value.contiguous() for name, value in net.state_dict().items()}, painter / autoencoder.WEIGHTS)
    (painter / "run.json").write_text(json.dumps({"code_dim": 4, "channels": [16, 12, 8, 4], "blocks": [1, 1, 1]}))
    write_takes(world, WorldCounts(28, 0, 32, picture_width_px=64))
    command = ["memory", str(tiny), str(world), str(out), "--autoencoder", str(painter), "--takes", "0"]
    assert main([*command, "--pairs", "1", "--story", str(story)]) == 0
    model = bundle.load(out)
    assert model.paints_two and model.card.generator.pairs == len(composable_pairs())  # type: ignore[union-attr]


def test_ears_of_another_space_are_refused_in_one_line(
    tiny: Path, story: Path, ears: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "ears"
    shutil.copytree(ears, other)
    smaller = AudioEncoder(width=2, embedding_dim=8).state_dict()
    save_file({name: value.contiguous() for name, value in smaller.items()}, other / "audio_encoder.safetensors")
    assert main(["ears", str(tiny), str(other), str(tmp_path / "out"), "--story", str(story)]) == 2
    assert "answers with 8 numbers, this generator takes 32" in capsys.readouterr().err


def test_films_are_refused_in_one_line(tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tests.s2s.data.test_prepared import clip, write

    films = write(tmp_path / "films", [clip(0, "train")]).folder
    assert main(["train", "sources", str(films), str(tmp_path / "out"), "--image-encoder", str(tiny)]) == 2
    assert "expected takes of the world (`prepare --corpus world`), got clips of films" in capsys.readouterr().err
