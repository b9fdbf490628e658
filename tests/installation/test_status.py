"""Status as values: the same on both sides of a process, and the page reads what there is."""

import re
from dataclasses import fields
from typing import Final

import pytest

from installation.control.page import files
from installation.control_status import ControlStatus, LinkStatus, MidiStatus, OscStatus, PageStatus
from installation.plain import PlainValueError, from_plain, to_plain
from installation.status import (
    AgesStatus,
    CaptureStatus,
    DisplayStatus,
    EncoderStatus,
    GeneratorStatus,
    HeardSource,
    HeardStatus,
    InferenceStatus,
    LikelyName,
    Percentiles,
    RecordingStatus,
    SenderStatus,
    ShowStatus,
    SinkStatus,
)
from installation.values import Condition, Doing

READ_BY_THE_PAGE: Final[dict[str, tuple[type, ...]]] = {
    "status": (ShowStatus,),
    "sound": (CaptureStatus,),
    "slow": (InferenceStatus,),
    "slow_path": (InferenceStatus,),
    "display": (DisplayStatus,),
    "fast_ms": (Percentiles,),
    "ages": (AgesStatus,),
    "surface": (ControlStatus, OscStatus, MidiStatus, LinkStatus, PageStatus),
    "sink": (SinkStatus, RecordingStatus, SenderStatus),
}
"""Names of the page's script, and of what class the value is that they stand for."""


@pytest.mark.parametrize(
    "status",
    [
        CaptureStatus(source="osc: port 9001", features={"level": 0.5}, rejected_packets=3, block_age_s=0.01),
        InferenceStatus(
            model="Tiny",
            level_db=-20.0,
            encoder=EncoderStatus(3, Percentiles(1.5, 2.5)),
            generator=GeneratorStatus(9, 1, Percentiles(20.0, 30.0)),
            heard=HeardStatus(
                (HeardSource("rain", 0.9, 0.2), HeardSource("train", 0.6)),
                0.8,
                6.5,
                0.3,
                Doing.DRIFTING,
                (LikelyName("rain", 0.9), LikelyName("train", 0.6), LikelyName("bell", 0.1)),
            ),
        ),
    ],
    ids=["capture", "inference"],
)
def test_a_workers_status_comes_out_as_it_went_in(status: CaptureStatus | InferenceStatus) -> None:
    assert from_plain(type(status), to_plain(status)) == status


def test_what_a_worker_has_not_told_yet_is_its_default() -> None:
    assert from_plain(InferenceStatus, {"model": "Tiny", "generator": {"frames": 2}}) == InferenceStatus(
        model="Tiny", generator=GeneratorStatus(frames=2)
    )


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({"lost_samples": "3"}, "CaptureStatus.lost_samples: Input should be a valid integer, got '3'"),
        ({"lost_samples": 1.5}, "CaptureStatus.lost_samples"),
        ({"source": None}, "CaptureStatus.source"),
        ({"features": {"level": "loud"}}, "CaptureStatus.features.level"),
    ],
)
def test_a_value_of_another_type_is_refused_by_name(message: dict[str, object], words: str) -> None:
    with pytest.raises(PlainValueError, match=words):
        from_plain(CaptureStatus, message)


def test_the_whole_show_is_plain_json_with_the_keys_that_the_page_has_always_read() -> None:
    plain = to_plain(ShowStatus(Condition.DEGRADED, controls={"midi": MidiStatus(ports=("a", "b"))}))
    assert (plain["condition"], plain["sound"]["lost_samples"]) == ("degraded", 0)
    assert plain["slow_path"]["encoder"] == {"updates": 0, "ms": {"p50": None, "p95": None}, "read": 0}
    assert plain["heard"] == "" and plain["slow_path"]["heard"]["doing"] == "painting"
    assert plain["controls"]["midi"]["ports"] == ["a", "b"] and plain["recording"] is None


def test_the_page_reads_only_what_a_status_really_has() -> None:
    script = (files.FOLDER / "facts.js").read_text(encoding="utf-8")
    read = re.findall(r"\b(\w+)\??\.(\w+)", script)
    known = {name: {field.name for kind in kinds for field in fields(kind)} for name, kinds in READ_BY_THE_PAGE.items()}
    strays = [(name, key) for name, key in read if name in known and key not in known[name]]
    assert "heard: status.heard," in script
    assert strays == [] and {name for name, _ in read} >= {"status", "sound", "slow", "display", "ages", "surface"}
