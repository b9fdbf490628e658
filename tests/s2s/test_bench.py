"""Measuring: turns, medians and ratios by a clock of the test's own, and both sides agreeing on what they compute."""

import argparse
import itertools
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from s2s import bundle
from s2s.bench import cases as bench_cases
from s2s.bench.baselines import NaiveBigGan
from s2s.bench.measuring import Case, Machine, Measurement, Timing, _cpu_name, largest_difference, measure, this_machine
from s2s.bench.training import TrainingSizes, audio_encoder_training
from s2s.bundle import BundleError
from s2s.card import DEFAULT_BUNDLE, BigGanSizes
from s2s.commands import bench as verb
from s2s.models.registry import build
from s2s.spectrogram_spec import SpectrogramSpec
from tests.fakes import tiny_card
from tests.golden.seeded_weights import seeded_input, seeded_state_dict

pytestmark = pytest.mark.heavy

GOLDEN = Path(__file__).parents[1] / "golden"
PICTURES_AGREE = 1e-5


class Slow:
    """A call that takes the seconds it is told, on a clock that nothing else moves."""

    def __init__(self, clock: "Clock", name: str, seconds: list[float]) -> None:
        self._clock, self._name, self._seconds = clock, name, seconds

    def __call__(self) -> Tensor:
        self._clock.calls.append(self._name)
        self._clock.now += self._seconds.pop(0)
        return torch.ones(2)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0
        self.calls: list[str] = []

    def __call__(self) -> float:
        return self.now


def test_both_sides_take_turns_and_the_speed_up_is_the_ratio_of_their_medians() -> None:
    clock = Clock()
    warm_up = [9.0, 9.0]
    ours = Slow(clock, "ours", [*warm_up, 0.001, 0.002, 0.009])
    baseline = Slow(clock, "baseline", [*warm_up, 0.010, 0.030, 0.020])
    row = measure(Case("x", ours, baseline, "y"), 3, clock)
    assert clock.calls == ["ours", "baseline"] * 5
    assert row.ours.median_ms == pytest.approx(2.0) and row.ours.repeats == 3
    assert row.ours.p95_ms == pytest.approx(np.percentile([1.0, 2.0, 9.0], 95))
    assert row.baseline is not None and row.baseline.median_ms == pytest.approx(20.0)
    assert row.speed_up == pytest.approx(10.0)
    assert row.largest_difference == 0.0
    assert row.to_dict()["speed_up"] == row.speed_up


def test_time_includes_waiting_for_the_device() -> None:
    clock = Clock()

    def settle() -> None:
        clock.now += 0.005

    row = measure(Case("x", Slow(clock, "ours", [0.001] * 3), settle=settle), 1, clock)
    assert row.ours.median_ms == pytest.approx(6.0)


def test_a_case_without_a_baseline_has_no_ratio() -> None:
    row = measure(Case("x", lambda: torch.ones(1)), 2)
    assert row.baseline is None and row.speed_up is None and row.largest_difference is None


def test_less_than_one_repeat_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1, got 0"):
        measure(Case("x", lambda: torch.ones(1)), 0)


def test_a_difference_is_in_parts_of_the_largest_value() -> None:
    assert largest_difference(torch.tensor([1.0, -3.5]), torch.tensor([1.0, -4.0])) == pytest.approx(0.125)
    with pytest.raises(ValueError, match="do not answer alike"):
        largest_difference(torch.ones(2, 1), torch.ones(2))


@pytest.mark.proc  # platform asks `uname` where the listing says nothing
def test_the_processor_has_a_name(tmp_path: Path) -> None:
    listing = tmp_path / "cpuinfo"
    listing.write_text("processor\t: 0\nmodel name\t: A fine one\nmodel name\t: A fine one\n")
    assert _cpu_name(listing) == "A fine one"
    assert isinstance(_cpu_name(tmp_path / "none"), str)
    assert this_machine().cpu and this_machine().threads == torch.get_num_threads()


@pytest.mark.parametrize("build", [bench_cases.whole_clip, bench_cases.one_hop])
def test_both_spectrograms_are_the_same(build: Callable[[], Case]) -> None:
    row = measure(build(), 1)
    assert row.largest_difference is not None and row.largest_difference < 1e-6


def test_a_running_sound_stays_the_same_on_both_sides() -> None:
    case = bench_cases.one_hop()
    assert case.baseline is not None
    pairs = [(case.ours(), case.baseline()) for _ in range(5)]
    assert all(largest_difference(*pair) < 1e-6 for pair in pairs)
    assert not torch.equal(pairs[0][0], pairs[-1][0])


@pytest.mark.parametrize("resolution", [64, 128, 256])
def test_the_naive_generator_paints_what_ours_paints(resolution: int) -> None:
    row = measure(bench_cases.published_generator(resolution, 8, "cpu", h_dim=32), 1)
    assert row.largest_difference is not None and row.largest_difference < PICTURES_AGREE
    assert row.speed_up is not None and row.speed_up > 0


@pytest.mark.slow  # the same numbers as the golden files, by way of what ours paints
def test_the_naive_generator_is_the_published_one() -> None:
    golden = np.load(GOLDEN / "icgan_generator_128.npz")["image"][:1]
    shapes = json.loads((GOLDEN / "icgan_generator_128.keys.json").read_text())
    naive = NaiveBigGan(seeded_state_dict(shapes))
    z = seeded_input("z128", (2, 120))[:1]
    h = seeded_input("h128", (2, 2048), unit_norm=True, nonnegative=True)[:1]
    with torch.inference_mode():
        picture = naive(z, h).numpy()
    assert np.abs(picture - golden).max() <= 1e-5 * np.abs(golden).max()


def test_random_weights_leave_pictures_neither_flat_nor_clipped() -> None:
    with torch.inference_mode():
        picture = bench_cases.published_generator(64, 16, "cpu").ours()
    assert float(picture.std()) > 0.01 and float(picture.abs().max()) < 0.999


def test_every_part_is_measured_and_unusable_models_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = TrainingSizes(2, width=2, picture_width=2, spec=SpectrogramSpec(clip_samples=16_000))
    monkeypatch.setattr(bench_cases, "audio_encoder_training", lambda device: audio_encoder_training(device, small))
    names = [build().name for build in bench_cases.plan(DEFAULT_BUNDLE, resolutions=())]
    parts = ["spectrogram"] * 2 + ["audio encoder"] * 3 + ["generator", "step of f_A"]
    assert [name.split(",")[0] for name in names] == parts
    with pytest.raises(BundleError, match="no such model folder"):
        bench_cases.plan(tmp_path / "none")


def test_a_bundle_of_the_published_kind_is_measured_beside_its_own_weights(tmp_path: Path) -> None:
    sizes = BigGanSizes(resolution=64, channels=8, z_dim=120, h_dim=32, shared_dim=8)
    card = tiny_card().model_copy(update={"generator": sizes, "image_encoder": None})
    generator = build(sizes)
    generator.load_state_dict(bench_cases.random_state({k: tuple(v.shape) for k, v in generator.state_dict().items()}))
    bundle.save(tmp_path / "saved", card, audio_encoder=build(card.audio_encoder), generator=generator)
    row = measure(bench_cases.bundled_generator(bundle.load(tmp_path / "saved")), 1)
    assert row.largest_difference is not None and row.largest_difference < PICTURES_AGREE


def test_the_verb_prints_every_row_and_keeps_the_numbers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    small = [bench_cases.whole_clip, lambda: bench_cases.published_generator(64, 4, "cpu", h_dim=16)]
    monkeypatch.setattr(bench_cases, "plan", lambda model, device, resolutions: small)
    parser = argparse.ArgumentParser()
    verb.add_to(parser.add_subparsers(required=True))
    kept = tmp_path / "deep" / "bench.json"
    threads = torch.get_num_threads()
    asked = parser.parse_args(["bench", "--repeats", "2", "--threads", "1", "--json", str(kept)])
    try:
        asked.run(asked)
    finally:
        torch.set_num_threads(threads)
    printed = capsys.readouterr().out
    assert "1 thread, torch" in printed and "spectrogram, whole clip" in printed and "generator, 64 px" in printed
    results = json.loads(kept.read_text())["results"]
    assert results["machine"]["threads"] == 1
    for row in results["rows"]:
        assert row["ours"]["repeats"] == 2
        assert row["speed_up"] == pytest.approx(row["baseline"]["median_ms"] / row["ours"]["median_ms"])


def test_a_table_has_a_line_for_every_row() -> None:
    timing = Timing(10.0, 12.0, 7)
    rows = [Measurement("one", timing), Measurement("two", timing, Timing(25.0, 30.0, 7), "another", 1.5e-7)]
    lines = verb.as_table(Machine("cpu name", 2, "2", "cpu"), rows).splitlines()
    assert "cpu name, 2 threads" in lines[0] and "medians of 7" in lines[1]
    assert lines[-2].split() == ["one", "10.0", "(12.0)"]
    assert lines[-1].split() == ["two", "10.0", "(12.0)", "25.0", "(30.0)", "2.50", "1.5e-07", "another"]


def test_a_result_that_lies_in_a_buffer_is_compared_before_the_next_call_fills_it() -> None:
    buffer, calls = torch.zeros(1), itertools.count()

    def ours() -> torch.Tensor:
        return buffer.fill_(next(calls))

    others = itertools.count()
    measured = measure(Case("buffer", ours, lambda: torch.tensor([float(next(others))])), 5)
    assert measured.largest_difference == 0.0
