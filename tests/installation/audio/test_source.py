import pytest

from installation.audio.devices import DeviceInfo, find_device
from installation.audio.source import Channel, SampleClock, SourceError, SourceKind, SourceSpec, parse_source
from installation.exit_codes import ExitCode
from installation.values import SAMPLE_RATE_HZ

DEVICES = (
    DeviceInfo(0, "HDA Intel PCH: ALC269VC Analog (hw:0,0)", 2, 48_000),
    DeviceInfo(3, "USB Audio", 1, 44_100),
    DeviceInfo(4, "USB Audio Pro", 8, 96_000, is_default=True),
)


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("mic", SourceSpec(SourceKind.MICROPHONE)),
        ("mic:USB Audio: front", SourceSpec(SourceKind.MICROPHONE, "USB Audio: front")),
        ("mic:Scarlett:left", SourceSpec(SourceKind.MICROPHONE, "Scarlett", channel=Channel.LEFT)),
        ("mic:USB: front:right", SourceSpec(SourceKind.MICROPHONE, "USB: front", channel=Channel.RIGHT)),
        ("mic::left", SourceSpec(SourceKind.MICROPHONE, "", channel=Channel.LEFT)),
        ("mic:left", SourceSpec(SourceKind.MICROPHONE, "left")),
        ("file:evening:left", SourceSpec(SourceKind.FILE, "evening:left")),
        ("osc", SourceSpec(SourceKind.OSC, port=9001)),
        ("osc:9100", SourceSpec(SourceKind.OSC, port=9100)),
        ("file:C:/sounds/rain.wav", SourceSpec(SourceKind.FILE, "C:/sounds/rain.wav")),
        (" demo ", SourceSpec(SourceKind.DEMO)),
    ],
)
def test_sources_are_read_as_the_command_line_writes_them(text: str, spec: SourceSpec) -> None:
    assert parse_source(text) == spec
    assert parse_source(str(spec)) == spec


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("mik", "osc, osc:PORT, file:PATH or demo, did you mean 'mic'"),
        ("", "is none of mic"),
        ("osc:", "UDP port from 1 to 65535"),
        ("osc:99999", "UDP port from 1 to 65535"),
        ("osc:ten", "UDP port from 1 to 65535"),
        ("file:", "names no file"),
        ("demo:3", "takes nothing after it"),
    ],
)
def test_a_bad_source_is_refused_with_what_is_legal(text: str, words: str) -> None:
    with pytest.raises(SourceError, match=words) as caught:
        parse_source(text)
    assert caught.value.exit_code is ExitCode.SOURCE
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("wanted", "index"), [("usb audio", 3), ("USB Audio Pro", 4), ("pro", 4), ("alc269", 0), ("usb", 3), ("", 4)]
)
def test_part_of_a_devices_name_is_enough_and_the_whole_name_wins(wanted: str, index: int) -> None:
    assert find_device(DEVICES, wanted).index == index


def test_without_a_default_the_first_device_is_taken() -> None:
    assert find_device(DEVICES[:2], "").index == 0


def test_an_unknown_device_is_answered_with_those_there_are() -> None:
    with pytest.raises(SourceError, match=r"called 'Theremin': there is .*'USB Audio Pro'"):
        find_device(DEVICES, "Theremin")
    with pytest.raises(SourceError, match="offers no input device"):
        find_device((), "")


def test_a_sample_clock_neither_gains_nor_loses_a_sample_in_a_month() -> None:
    sample_clock, month_s = SampleClock(), 30 * 86_400.0
    sample_clock.due(1000.0)
    early = sum(sample_clock.due(1000.0 + tick / 144) for tick in range(1, 1441))
    assert early == 10 * SAMPLE_RATE_HZ
    late = sum(sample_clock.due(1000.0 + month_s + tick / 144) for tick in range(1441))
    assert late == 11 * SAMPLE_RATE_HZ  # of the month's pause, one second is made up
    assert sample_clock.due(0.0) == 0  # time never runs back, but if it did, no sound would be taken back
