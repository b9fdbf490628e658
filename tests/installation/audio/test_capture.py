import threading
import time
import wave
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from pythonosc.udp_client import SimpleUDPClient

from installation.audio import failover
from installation.audio.capture import CaptureConfig, CaptureCore
from installation.audio.file import SoundFile
from installation.audio.osc_pcm import OscPcm
from installation.audio.seam import CROSSING_S
from installation.audio.source import Source, SourceError, SourceSpec
from installation.exit_codes import ExitCode
from installation.mailbox import JsonBox
from installation.ring import AudioRing
from installation.values import SAMPLE_RATE_HZ, AudioBlock, ParameterValue, Samples
from installation.worker_params import ParamsSender, WorkerParams

STEP_S = 0.01
TIMEOUT_S = 20.0


class FakeSource:
    """A microphone of a constant level: it delivers, pauses or dies as it is told."""

    def __init__(self, level: float = 0.5) -> None:
        self.label, self.lost_samples, self.closed = "fake", 0, False
        self.remark = ""
        self.level, self.pauses, self.dead = level, False, False

    def read(self, now: float) -> AudioBlock | None:
        if self.dead:
            raise SourceError("the fake stopped")
        return None if self.pauses else AudioBlock(np.full(160, self.level, np.float32), now)

    def close(self) -> None:
        self.closed = True


class Bench:
    """A capture core on a bench: `openings` says, try by try, which source opens or which error comes."""

    def __init__(self, *openings: Source | Exception, demanded: bool = False, source: str = "mic") -> None:
        self.ring, self.params, self.now = AudioRing(4.0), JsonBox(), 100.0
        self.openings = list(openings)
        self.tries = 0
        try:
            config = CaptureConfig(source=source, demanded=demanded, seed=3)
            self.core = CaptureCore(config, self.ring, self.params, opener=self._open)
        except SourceError:
            self._release()
            raise

    def _open(self, spec: SourceSpec) -> Source:
        self.tries += 1
        opening = self.openings.pop(0) if len(self.openings) > 1 else self.openings[0]
        if isinstance(opening, Exception):
            raise opening
        return opening

    def send(self, values: Mapping[str, ParameterValue], source: str | None = None) -> None:
        ParamsSender(self.params).send(WorkerParams(values, source=source))

    def run(self, duration_s: float) -> Samples:
        """Let time pass; return what was written."""
        written = self.ring.position.written
        for _ in range(round(duration_s / STEP_S)):
            self.now += STEP_S
            assert self.core.step(self.now) == pytest.approx(0.005)
        return self.ring.since(written).block.samples

    def run_until(self, what: Callable[[], object]) -> None:
        """Let time pass until `what` holds; tries to open run in threads, so some real time passes too."""
        give_up_at = time.monotonic() + TIMEOUT_S
        while not what():
            assert time.monotonic() < give_up_at, self.core.status()
            self.run(STEP_S)
            time.sleep(0.001)

    def close(self) -> None:
        self.core.close()
        self._release()

    def _release(self) -> None:
        self.ring.close()
        self.params.close()


@pytest.fixture
def bench() -> Iterator[Callable[..., Bench]]:
    benches: list[Bench] = []

    def make(*openings: Source | Exception, demanded: bool = False, source: str = "mic") -> Bench:
        benches.append(Bench(*openings, demanded=demanded, source=source))
        return benches[-1]

    yield make
    for made in benches:
        made.close()


ABSENT = SourceError("no microphone here")


def test_sound_goes_into_the_ring_with_its_stamp(bench: Callable[..., Bench]) -> None:
    table = bench(FakeSource(0.5))
    heard = table.run(1.0)
    assert len(heard) == SAMPLE_RATE_HZ
    assert set(heard) == {np.float32(0.5)}
    assert table.ring.position.heard_at == table.now
    status = table.core.status()
    assert (status.source, status.wanted, status.reason) == ("fake", "mic", "")
    assert (status.fallback, status.lost_samples, status.block_age_s) == (False, 0, 0.0)


def test_gain_reaches_the_ring_without_a_click_and_unclipped(bench: Callable[..., Bench]) -> None:
    table = bench(FakeSource(0.5))
    table.send({"/audio/gain": 0.0, "/audio/mix": 0.0})
    table.run(0.1)
    table.send({"/audio/gain": 20.0, "/audio/mix": 0.0})
    heard = table.run(0.1)
    assert heard[-1] == pytest.approx(5.0)
    assert np.max(np.abs(np.diff(heard))) < 0.05
    table.send({})  # a message without the parameter means its default
    assert table.run(0.1)[-1] == pytest.approx(0.5)


def test_the_mix_brings_in_the_performance(bench: Callable[..., Bench]) -> None:
    table = bench(FakeSource(0.0))
    table.send({"/audio/gain": 0.0, "/audio/mix": 1.0})
    table.run(0.1)
    table.run_until(lambda: np.std(table.ring.newest(1600).samples) > 1e-4)
    assert table.core.status().fallback is False


def test_a_demanded_source_that_is_absent_is_an_error_in_one_line(bench: Callable[..., Bench]) -> None:
    with pytest.raises(SourceError, match="no microphone here") as caught:
        bench(ABSENT, demanded=True)
    assert caught.value.exit_code is ExitCode.SOURCE


def test_a_bad_source_text_is_refused_before_anything_opens(bench: Callable[..., Bench]) -> None:
    with pytest.raises(SourceError, match="did you mean 'file'"):
        bench(ABSENT, source="fil:rain.wav")


def test_without_its_microphone_the_gallery_plays_and_takes_it_when_it_comes(
    bench: Callable[..., Bench], caplog: pytest.LogCaptureFixture
) -> None:
    table = bench(ABSENT, ABSENT, ABSENT, FakeSource(0.5))
    heard = table.run(1.0)
    assert len(heard) == pytest.approx(SAMPLE_RATE_HZ, rel=0.02)
    assert np.std(heard) > 1e-4
    status = table.core.status()
    assert (status.source, status.fallback, status.reason) == ("demo", True, "no microphone here")
    assert status.scene
    table.run_until(lambda: table.core.status().source == "fake")
    table.run(CROSSING_S)
    assert set(table.run(0.5)) == {np.float32(0.5)}
    status = table.core.status()
    assert (status.fallback, status.reason, status.lost_samples) == (False, "", 0)
    assert sum("no microphone here" in line for line in caplog.messages) == 1


def test_it_is_tried_again_every_few_seconds_and_no_more(bench: Callable[..., Bench]) -> None:
    table = bench(ABSENT)
    for _ in range(200):  # 20 s; the sleep lets the tries end
        table.run(0.1)
        time.sleep(0.002)
    assert 5 <= table.tries <= 9


def test_a_microphone_that_dies_is_closed_and_opened_again(bench: Callable[..., Bench]) -> None:
    first, second = FakeSource(0.5), FakeSource(0.25)
    first.lost_samples = 7
    table = bench(first, ABSENT, second)
    table.run(0.5)
    first.dead = True
    table.run(STEP_S)
    assert table.core.status().source == "demo"
    table.run_until(lambda: first.closed)
    table.run_until(lambda: table.core.status().source == "fake")
    assert table.run(CROSSING_S + STEP_S)[-1] == np.float32(0.25)
    assert table.core.status().lost_samples == 7 + round(STEP_S * SAMPLE_RATE_HZ)


def test_in_place_of_a_demanded_microphone_silence_is_heard_and_counted(bench: Callable[..., Bench]) -> None:
    first = FakeSource(0.5)
    table = bench(first, ABSENT, demanded=True)
    table.run(0.5)
    first.dead = True
    heard = table.run(2.0)
    assert len(heard) == pytest.approx(2 * SAMPLE_RATE_HZ, rel=0.02)
    assert not heard[1000:].any()
    status = table.core.status()
    assert (status.source, status.fallback) == ("silence", False)
    assert status.reason
    assert status.lost_samples == pytest.approx(2 * SAMPLE_RATE_HZ, rel=0.02)


def test_a_source_that_pauses_gives_way_to_silence_at_the_pace_of_time(bench: Callable[..., Bench]) -> None:
    fake = FakeSource(0.5)
    table = bench(fake)
    table.run(0.5)
    fake.pauses = True
    assert len(table.run(0.2)) == 0
    silence = table.run(1.0)
    assert not silence.any()
    assert len(silence) > 0.9 * SAMPLE_RATE_HZ
    assert table.core.status().block_age_s == pytest.approx(1.2)
    fake.pauses = False
    assert set(table.run(0.1)) == {np.float32(0.5)}


def test_a_restarted_core_waits_for_its_demanded_source_instead_of_giving_up() -> None:
    table = Bench(FakeSource(0.5), demanded=True)
    table.run(0.5)
    table.core.close()
    table.openings = [ABSENT]
    config = CaptureConfig(source="mic", demanded=True, seed=3)
    table.core = CaptureCore(config, table.ring, table.params, opener=table._open)
    assert not table.run(1.0).any()
    assert table.core.status().reason == "no microphone here"
    table.openings = [FakeSource(0.25)]
    table.run_until(lambda: table.core.status().source == "fake")
    table.close()


def test_an_opening_that_hangs_holds_nobody_up(bench: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failover, "_START_LIMIT_S", 0.05)
    monkeypatch.setattr(failover, "_CLOSING_LIMIT_S", 0.05)
    release = threading.Event()

    class HangingBench(Bench):
        def _open(self, spec: SourceSpec) -> Source:
            release.wait(TIMEOUT_S)
            return super()._open(spec)

    table = HangingBench(FakeSource(0.5))
    assert np.std(table.run(1.0)) > 1e-4
    assert "takes long to open" in str(table.core.status().reason)
    release.set()
    table.run_until(lambda: table.core.status().source == "fake")
    assert table.tries == 1
    table.close()


def test_a_preset_with_another_source_changes_over_without_a_gap_and_closes_the_old_one(
    bench: Callable[..., Bench],
) -> None:
    old, new = FakeSource(0.5), FakeSource(0.25)
    table = bench(old, new, source="mic:old")
    table.run(0.5)
    table.send({}, source="mic:new")
    began, written = table.now, table.ring.position.written
    table.run_until(lambda: table.core._source.live is new)
    table.run_until(lambda: table.core.status().reason == "")
    status = table.core.status()
    assert (status.wanted, status.source, status.lost_samples, old.closed) == ("mic:new", "fake", 0, True)
    assert table.ring.position.written - written == pytest.approx((table.now - began) * SAMPLE_RATE_HZ, abs=400)
    table.run(CROSSING_S)
    assert set(table.run(0.5)) == {np.float32(0.25)}


def test_while_the_new_source_is_opened_and_where_it_cannot_be_the_performance_plays(
    bench: Callable[..., Bench],
) -> None:
    table = bench(FakeSource(0.5), ABSENT, source="mic:old")
    table.run(0.5)
    table.send({}, source="mic:new")
    table.run_until(lambda: table.core.status().reason == "no microphone here")
    assert table.core.status().fallback
    table.openings = [FakeSource(0.25)]
    table.run_until(lambda: table.core.status().source == "fake")


def test_a_source_that_is_switched_to_while_another_opens_is_opened_after_it(bench: Callable[..., Bench]) -> None:
    first, second = FakeSource(0.5), FakeSource(0.25)
    table = bench(ABSENT, source="mic:none")
    release = threading.Event()
    table.openings = [first, second]
    open_at_once = table._open

    def open_late(spec: SourceSpec) -> Source:
        release.wait(TIMEOUT_S)
        return open_at_once(spec)

    table.core._source._opener = open_late
    table.send({}, source="mic:first")
    table.run(STEP_S)
    table.send({}, source="mic:second")
    table.run(STEP_S)
    release.set()
    table.run_until(lambda: table.core._source.live is second)
    assert first.closed and table.core.status().wanted == "mic:second"


def test_a_source_demanded_at_the_start_stays_whatever_the_preset_names(bench: Callable[..., Bench]) -> None:
    table = bench(FakeSource(0.5), demanded=True, source="mic:mine")
    table.send({}, source="demo")
    assert set(table.run(0.5)) == {np.float32(0.5)}
    assert table.core.status().wanted == "mic:mine" and table.tries == 1


def test_a_restarted_core_opens_the_source_of_the_preset_that_is_shown(bench: Callable[..., Bench]) -> None:
    table = bench(FakeSource(0.5), source="mic:old")
    table.send({}, source="mic:new")
    table.core.close()
    table.core = CaptureCore(CaptureConfig("mic:old", False, 3), table.ring, table.params, opener=table._open)
    assert table.core.status().wanted == "mic:new" and table.tries == 2


def test_a_programming_error_while_opening_is_not_swallowed(bench: Callable[..., Bench]) -> None:
    with pytest.raises(ZeroDivisionError):
        bench(ZeroDivisionError())


def test_a_closed_core_has_closed_its_source() -> None:
    fake = FakeSource()
    Bench(fake).close()
    assert fake.closed


def test_the_demo_plays_by_its_seed() -> None:
    heard = []
    for seed in (1, 1, 2):
        ring, controls = AudioRing(4.0), JsonBox()
        core = CaptureCore(CaptureConfig(source="demo", demanded=True, seed=seed), ring, controls)
        for tick in range(40):
            core.step(100.0 + tick * 0.05)
        heard.append(ring.newest(30_000).samples)
        assert core.status().source == "demo"
        assert core.status().fallback is False
        core.close()
        ring.close()
        controls.close()
    np.testing.assert_array_equal(heard[0], heard[1])
    assert not np.array_equal(heard[0], heard[2])


@pytest.mark.parametrize("source", ["osc:0", "file:absent.wav"])
def test_other_sources_say_what_is_wrong_too(source: str, tmp_path: Path) -> None:
    ring, controls = AudioRing(1.0), JsonBox()
    with pytest.raises(SourceError):
        CaptureCore(CaptureConfig(source=source, demanded=True, seed=1), ring, controls)
    ring.close()
    controls.close()


def test_what_an_osc_host_analyses_and_what_is_rejected_is_in_the_status(bench: Callable[..., Bench]) -> None:
    source = OscPcm(port=0)
    table = bench(source, source="osc")
    with closing(SimpleUDPClient("127.0.0.1", source.port)) as client:
        client.send_message("/stream/features", [0.5, 0.1, 0.2, 0.3, 0.4, 0.25])
        client.send_message("/stream/video", [1])
    table.run_until(lambda: table.core.status().rejected_packets == 1)
    features = table.core.status().features
    assert isinstance(features, dict)
    assert features["level"] == 0.5
    table.run(2.0)
    assert table.core.status().features is None
    assert table.core.status().reason == ""  # nobody sends, which is no fault


def test_a_file_that_is_played_once_is_reported_as_ended(bench: Callable[..., Bench], tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "short.wav"), "wb") as file:
        file.setparams((1, 2, SAMPLE_RATE_HZ, 0, "NONE", ""))
        file.writeframes(np.full(SAMPLE_RATE_HZ // 2, 1000, "<i2").tobytes())
    table = bench(SoundFile(tmp_path / "short.wav", loop=False), source=f"file:{tmp_path / 'short.wav'}")
    heard = table.run(2.0)
    assert table.core.status().ended is True
    assert np.count_nonzero(heard) == SAMPLE_RATE_HZ // 2
    assert not heard[-SAMPLE_RATE_HZ:].any()


def test_what_is_amiss_with_a_source_that_is_heard_is_told_once_and_stays_in_the_status(
    bench: Callable[..., Bench], caplog: pytest.LogCaptureFixture
) -> None:
    source = FakeSource()
    table = bench(source)
    table.run(0.1)
    assert table.core.status().remark == ""
    source.remark = "fake: the channels cancel each other"
    table.run(0.5)
    source.remark = ""
    table.run(0.1)
    source.remark = "fake: the channels cancel each other"
    table.run(0.5)
    assert table.core.status().remark == "fake: the channels cancel each other"
    assert [record.message for record in caplog.records].count(source.remark) == 1
