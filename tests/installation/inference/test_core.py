"""The slow path as a plain object, under a clock moved by hand, with a tiny real model."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
import torch

from installation.exit_codes import ExitCode
from installation.inference.core import InferenceConfig, InferenceCore, ModelError
from installation.mailbox import FrameBox, JsonBox
from installation.ring import AudioRing
from installation.status import EncoderStatus, HeardStatus
from installation.values import SAMPLE_RATE_HZ, Doing, ParameterValue, Pixels, Samples
from installation.worker_params import ParamsSender, WorkerParams
from s2s import bundle
from s2s.models.memory_generator import MemoryGenerator
from s2s.retrain.memory import write_memory
from s2s.sampling.sources import hear_sound
from tests.fakes import wide_bundle, write_memory_bundle, write_naming_bundle, write_tiny_bundle


@dataclass
class Bench:
    model: Path
    ring: AudioRing
    params: JsonBox
    frames: FrameBox

    cores: list[InferenceCore] = field(default_factory=list)

    def core(self, seed: int = 0, *, patient: bool = False) -> InferenceCore:
        config = InferenceConfig(
            self.model, seed, device="cpu", patient=patient, cache=self.model.parent, wall_hour=lambda: 3.0
        )
        self.cores.append(InferenceCore(config, self.ring, self.params, self.frames))
        return self.cores[-1]

    def send(self, values: Mapping[str, ParameterValue], image: Path | None = None) -> None:
        ParamsSender(self.params).send(WorkerParams(values, None if image is None else str(image)))

    def hear(self, now: float, seconds: float = 0.5, level: float = 0.2) -> None:
        self.ring.write(noise(seconds, level), heard_at=now)

    def play(self, core: InferenceCore, sound: Samples, start: float, duration_s: float) -> Pixels:
        """Let `core` hear nothing but ten seconds of `sound`, hop by hop, and return its last picture."""
        for now in np.arange(start, start + duration_s, 0.25):
            self.ring.write(sound, heard_at=float(now))
            core.step(float(now))
        frame = self.frames.newest()
        assert frame is not None
        return frame.pixels


def noise(seconds: float, level: float) -> Samples:
    made = np.random.default_rng(0).standard_normal(round(seconds * SAMPLE_RATE_HZ))
    return (level * made).astype(np.float32)


KNOWN: Final = noise(10.0, 0.2)
UNKNOWN: Final = (0.2 * np.sin(2 * np.pi * 220.0 * np.arange(10 * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ)).astype(np.float32)
STILL: Final[dict[str, ParameterValue]] = {"/latent/drift": 0.0, "/latent/glide": 0.0}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    write_tiny_bundle(tmp_path / "model", resolution=32)
    made = Bench(tmp_path / "model", AudioRing(12.0), JsonBox(), FrameBox(64, 64))
    yield made
    for core in made.cores:
        core.close()
    for memory in (made.ring, made.params, made.frames):
        memory.close()


def test_pictures_are_made_before_any_sound_and_follow_it_afterwards(bench: Bench) -> None:
    core = bench.core()
    core.step(0.0)
    silent = bench.frames.newest()
    assert silent is not None and silent.pixels.shape == (32, 32, 3)
    assert core.status().encoder == EncoderStatus()
    bench.hear(now=1.0)
    core.step(1.0)
    heard = bench.frames.newest(silent.serial)
    assert heard is not None and heard.heard_at == 1.0 and heard.made_at >= 1.0
    assert core.status().encoder.updates == 1


def test_a_wide_model_paints_wide_pictures_that_reach_the_show(
    tmp_path: Path, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = wide_bundle(tmp_path / "wide", width=32, height=18)
    monkeypatch.setattr(bundle, "load", lambda *_, **__: wide)
    bench.core().step(0.0)
    frame = bench.frames.newest()
    assert frame is not None and frame.pixels.shape == (18, 32, 3)
    assert np.ptp(frame.pixels, axis=1).max() > 2


def test_the_encoder_looks_once_a_hop_however_often_it_is_stepped(bench: Bench) -> None:
    core = bench.core()
    for tick in range(100):
        bench.hear(now=tick * 0.01, seconds=0.01)
        core.step(tick * 0.01)
    assert 3 <= core.status().encoder.updates <= 4


def test_the_rate_of_pictures_is_bounded(bench: Bench) -> None:
    core = bench.core()
    for tick in range(200):
        core.step(tick * 0.005)
    assert 23 <= bench.frames.serial <= 25


def test_no_more_pictures_are_painted_than_the_display_leaves_time_for(bench: Bench) -> None:
    core = bench.core()
    ParamsSender(bench.params).send(WorkerParams(most_fps=12.0))
    for tick in range(200):
        core.step(tick * 0.005)
    assert 11 <= bench.frames.serial <= 13


def test_while_the_worlds_own_shaders_are_seen_the_generator_rests(bench: Bench) -> None:
    core = bench.core()
    counts: list[int] = []
    for painter in (0.0, 0.5, 1.0, 0.0):
        bench.send({"/render/painter": painter})
        before = bench.frames.serial
        start = 100.0 * len(counts)
        for now in np.arange(start, start + 2.0, 0.01):
            core.step(float(now))
        counts.append(bench.frames.serial - before)
    assert counts[2] in (8, 9) and counts[0] in range(46, 50)
    assert counts[0] == counts[1] == counts[3]


def test_one_seed_gives_one_film_and_another_seed_another(bench: Bench) -> None:
    films = []
    for seed in (1, 1, 2):
        core, shots = bench.core(seed), []
        for tick in range(3):
            core.step(tick * 0.1)
            frame = bench.frames.newest()
            assert frame is not None
            shots.append(frame.pixels)
        films.append(np.stack(shots))
    np.testing.assert_array_equal(films[0], films[1])
    assert not np.array_equal(films[0], films[2])


def test_a_picture_with_nan_is_never_shown_and_many_end_the_worker(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    core = bench.core()
    core.step(0.0)
    shown = bench.frames.serial
    broken = torch.full((1, 3, 32, 32), float("nan"))
    monkeypatch.setattr(type(core.playing._model.generator), "forward", lambda _self, _z, _h: broken)
    for tick in range(1, 20):
        core.step(tick * 0.1)
    assert bench.frames.serial == shown
    assert core.status().generator.rejected == 19
    with pytest.raises(RuntimeError, match="NaN"):
        core.step(2.0)


def test_blend_moves_the_picture_to_the_presets_image(bench: Bench) -> None:
    core = bench.core()
    image = Path(__file__).resolve().parents[3] / "presets" / "dawn.png"
    bench.hear(now=0.0)
    still = {"/latent/drift": 0.0}
    pictures = []
    for now, amount in ((0.0, 0.0), (0.1, 0.0), (0.2, 1.0)):
        bench.send({**still, "/latent/blend": amount}, image)
        core.step(now)
        frame = bench.frames.newest()
        assert frame is not None
        pictures.append(frame.pixels.astype(float))
    assert np.abs(pictures[1] - pictures[0]).mean() < np.abs(pictures[2] - pictures[1]).mean()


@pytest.mark.parametrize(
    "hand",
    [
        {"/scene/hour": 3.0, "/scene/hour_hold": 1.0},
        {"/scene/nearness": 1.0, "/scene/nearness_hold": 1.0},
        {"/scene/warmth": 0.9, "/scene/warmth_hold": 1.0},
        {"/scene/clock": True},
    ],
    ids=" ".join,
)
def test_hour_nearness_and_warmth_can_be_held_where_the_model_knows_them(bench: Bench, hand: dict[str, float]) -> None:
    write_memory_bundle(bench.model)
    core = bench.core()
    seen = []
    for now, held in ((0.0, {}), (0.1, {}), (0.2, hand)):
        bench.send({"/latent/drift": 0.0, **held})
        core.step(now)
        frame = bench.frames.newest()
        assert frame is not None
        seen.append(frame.pixels.astype(float))
    assert np.array_equal(seen[0], seen[1]) and not np.array_equal(seen[1], seen[2])


def test_an_image_that_is_no_picture_costs_a_warning_and_nothing_else(
    bench: Bench, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "no.png").write_text("not a picture")
    bench.send({}, tmp_path / "no.png")
    core = bench.core()
    core.step(0.0)
    assert "the preset's image is not used" in caplog.text
    assert "no.png" in str(core.status().image_problem)  # health makes it a reason on the page
    assert bench.frames.serial == 1


def test_a_silent_room_is_idle_and_says_so(bench: Bench) -> None:
    core = bench.core()
    for tick in range(80):
        bench.hear(now=tick * 0.1, seconds=0.1, level=0.2 if tick < 5 else 1e-6)
        core.step(tick * 0.1)
    assert core.status().idle is True
    assert core.status().heard.doing is Doing.REMEMBERING


def test_a_model_that_names_nothing_paints_whatever_it_hears(bench: Bench) -> None:
    core = bench.core()
    bench.send({**STILL, "/scene/certainty": 1.0})
    known, unknown = (bench.play(core, sound, start, 3.0) for sound, start in ((KNOWN, 0.0), (UNKNOWN, 3.0)))
    assert core.status().heard == HeardStatus()
    assert not np.array_equal(known, unknown)


def test_what_is_known_is_painted_and_told_by_name(bench: Bench) -> None:
    write_naming_bundle(bench.model, known=KNOWN, unknown=UNKNOWN)
    core = bench.core()
    bench.play(core, KNOWN, 0.0, 1.0)
    heard = core.status().heard
    assert [source.name for source in heard.sources] == ["rain", "train"]
    assert [one.name for one in heard.likeliest] == ["rain", "train"]
    assert [one.presence for one in heard.likeliest] == pytest.approx([0.953, 0.881], abs=1e-3)
    assert heard.certainty is not None and heard.certainty > 0.85 and heard.doing is Doing.PAINTING
    assert all(0.0 <= source.nearness <= 1.0 for source in heard.sources)


def test_a_sound_that_is_not_known_drifts_and_what_was_painted_stays_until_a_known_one_comes(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    write_naming_bundle(bench.model, known=KNOWN, unknown=UNKNOWN)
    core = bench.core()
    bench.send(STILL)
    painted = bench.play(core, KNOWN, 0.0, 1.0)
    drifting = bench.play(core, UNKNOWN, 1.0, 5.0)
    heard = core.status().heard
    assert heard.doing is Doing.DRIFTING and heard.certainty is not None and heard.certainty < 0.1
    # The first clip of it may still begin with the last of what was known.
    np.testing.assert_allclose(painted.astype(int), drifting.astype(int), atol=2)
    np.testing.assert_array_equal(drifting, bench.play(core, UNKNOWN, 6.0, 2.0))
    bench.play(core, KNOWN, 8.0, 2.0)
    assert core.status().heard.doing is Doing.PAINTING
    lines = [record.getMessage() for record in caplog.records if "heard:" in record.getMessage()]
    known = "heard: rain and a train, sure"
    assert lines == [known, "heard: nothing known: drifting", known]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What the memory is asked for, picture by picture; two of it may be answered by one moment of the few it has."""
    asked: list[tuple[Any, ...]] = []
    forward = MemoryGenerator.forward

    def noting(self: MemoryGenerator, *inputs: Any) -> torch.Tensor:
        asked.append(inputs)
        return forward(self, *inputs)

    monkeypatch.setattr(MemoryGenerator, "forward", noting)
    return asked


@pytest.mark.parametrize(
    ("certainty", "doing"),
    [
        pytest.param(0.0, Doing.PAINTING, id="at-certainty-0-is-painted"),
        pytest.param(0.5, Doing.DRIFTING, id="at-one-half-is-not"),
    ],
)
def test_what_is_not_known(bench: Bench, asked: list[tuple[Any, ...]], certainty: float, doing: Doing) -> None:
    write_naming_bundle(bench.model, known=KNOWN, unknown=UNKNOWN)
    core = bench.core()
    bench.send({**STILL, "/scene/certainty": certainty})
    bench.play(core, KNOWN, 0.0, 3.0)
    of_known = asked[-1][1]
    bench.play(core, UNKNOWN, 3.0, 3.0)
    assert core.status().heard.doing is doing
    apart = float((asked[-1][1] - of_known).norm())
    assert (apart > 0.1) is (doing is Doing.PAINTING), apart


def test_of_rain_and_a_train_the_train_is_the_place_and_rain_is_laid_over_it(
    bench: Bench, asked: list[tuple[Any, ...]]
) -> None:
    write_naming_bundle(bench.model, known=KNOWN, unknown=UNKNOWN)
    core = bench.core()
    bench.play(core, KNOWN, 0.0, 0.25)
    rain, train = hear_sound(bundle.load(bench.model), KNOWN).sources
    _, h, _, beside = asked[-1]
    np.testing.assert_allclose(h[0], train.h, atol=1e-5)
    np.testing.assert_allclose(beside.h[0], rain.h, atol=1e-5)
    assert beside.weight.tolist() == [1.0]


def test_sound_that_holds_nan_does_not_stop_the_show(bench: Bench) -> None:
    core = bench.core()
    bench.ring.write(np.full(SAMPLE_RATE_HZ, np.nan, np.float32), heard_at=0.0)
    core.step(0.0)
    assert bench.frames.serial == 1


def test_a_model_that_is_not_there_asks_for_exit_code_3(bench: Bench) -> None:
    bench.model = bench.model / "nowhere"
    with pytest.raises(ModelError, match="no such model folder") as failure:
        bench.core()
    assert failure.value.exit_code is ExitCode.MODEL


@pytest.mark.usefixtures("short_search")
def test_the_edit_moves_the_image_the_way_that_louder_lies_and_is_nothing_at_0(bench: Bench) -> None:
    core = bench.core(patient=True)  # or the image would find its place in the middle of it
    image = Path(__file__).resolve().parents[3] / "presets" / "dawn.png"
    settled = {"/latent/drift": 0.0, "/latent/glide": 0.0, "/latent/blend": 1.0}
    pictures = []
    for tick, amount in enumerate((0.0, 0.0, 2.0, 0.0)):
        bench.send({**settled, "/latent/edit": amount}, image)
        bench.hear(now=float(tick))
        core.step(float(tick))
        frame = bench.frames.newest()
        assert frame is not None
        pictures.append(frame.pixels.astype(float))
    np.testing.assert_array_equal(pictures[0], pictures[1])
    np.testing.assert_array_equal(pictures[1], pictures[3])
    assert np.abs(pictures[2] - pictures[1]).max() > 0


def remembering(bench: Bench) -> None:
    """Give the bench's model two photographs of a place, and its frames room for them."""
    frames = [np.full((36, 64, 3), level, np.uint8) for level in (40, 220)]
    write_memory(bench.model, np.eye(2, 32), frames, ["dark", "bright"])
    bench.frames.close()
    bench.frames = FrameBox.for_pictures((32, 32))


def test_the_nearest_photograph_of_the_place_is_seen_as_far_as_it_is_asked_for(bench: Bench) -> None:
    remembering(bench)
    core = bench.core()
    shapes = []
    for turn, share in enumerate((0.0, 0.5, 1.0)):
        bench.send({**STILL, "/latent/memory": share})
        core.step(float(turn))
        frame = bench.frames.newest()
        assert frame is not None
        pixels = frame.pixels
        shapes.append(pixels.shape)
        assert core.status().photograph.share == share
    assert shapes == [(32, 32, 3), (512, 512, 3), (512, 512, 3)]
    nearest = int((np.eye(2, 32) @ core.playing._motion.h).argmax())
    assert core.status().photograph.name == ("dark", "bright")[nearest]
    assert abs(int(pixels[256, 256, 0]) - (40, 220)[nearest]) < 4


def test_while_a_photograph_stands_the_generator_rests_also_before_the_worlds_painter(bench: Bench) -> None:
    remembering(bench)
    core = bench.core()
    counts: list[int] = []
    for start, values in ((0.0, {"/latent/memory": 1.0}), (1.0, {"/latent/memory": 0.5, "/render/painter": 1.0})):
        bench.send({**STILL, **values})
        before = bench.frames.serial
        for tick in range(200):
            core.step(start + tick * 0.005)
        counts.append(bench.frames.serial - before)
    assert counts[0] <= 6 and counts[1] >= 20
