import random
import socket
import struct
from collections.abc import Iterator
from contextlib import closing

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pythonosc.osc_message_builder import OscMessageBuilder
from pythonosc.udp_client import SimpleUDPClient

from installation.audio.osc_pcm import PCM_FORMATS, OscPcm
from installation.audio.source import SourceError
from installation.values import SAMPLE_RATE_HZ, Samples


@pytest.fixture
def source() -> Iterator[OscPcm]:
    source = OscPcm(port=0)
    yield source
    source.close()


@pytest.fixture
def sender(source: OscPcm) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect(("127.0.0.1", source.port))
        yield sender


def pcm(sequence: int, sound: NDArray[np.float32], *, rate_hz: int = SAMPLE_RATE_HZ, name: str = "f32le") -> bytes:
    """One datagram of `sound` `[frames, channels]`, built as a foreign host would."""
    kind = np.dtype(PCM_FORMATS[name])
    scaled = sound * 32_767 if kind.kind == "i" else sound
    builder = OscMessageBuilder("/stream/pcm")
    for value, tag in ((sequence, "i"), (rate_hz, "i"), (sound.shape[1], "i"), (name, "s")):
        builder.add_arg(value, tag)
    builder.add_arg(np.ascontiguousarray(scaled.astype(kind)).tobytes(), "b")
    datagram: bytes = builder.build().dgram
    return datagram


def tone(rate_hz: int, duration_s: float, channels: int = 1) -> NDArray[np.float32]:
    time_s = np.arange(round(rate_hz * duration_s)) / rate_hz
    return np.repeat(0.5 * np.sin(2 * np.pi * 440 * time_s)[:, np.newaxis], channels, axis=1).astype(np.float32)


def datagrams(sound: NDArray[np.float32], frames: int, **form: object) -> list[bytes]:
    starts = range(0, len(sound), frames)
    return [pcm(number, sound[start : start + frames], **form) for number, start in enumerate(starts)]  # type: ignore[arg-type]


def hear(source: OscPcm, sender: socket.socket, sent: list[bytes], *, every_s: float = 0.01) -> Samples:
    """Send and read datagram by datagram; a last read comes after all patience is over."""
    heard, now = [np.zeros(0, np.float32)], 100.0
    for datagram in sent:
        now += every_s
        sender.send(datagram)
        block = source.read(now)
        if block is not None:
            assert block.heard_at == now
            heard.append(block.samples)
    block = source.read(now + 0.1)
    return np.concatenate([*heard, block.samples if block is not None else []]).astype(np.float32)


@pytest.mark.parametrize("name", PCM_FORMATS)
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_every_format_and_channel_count_gives_the_same_sound(
    source: OscPcm, sender: socket.socket, name: str, channels: int
) -> None:
    sound = tone(SAMPLE_RATE_HZ, 0.2, channels)
    heard = hear(source, sender, datagrams(sound, 160, name=name))
    np.testing.assert_allclose(heard, sound[:, 0], atol=1e-4)
    assert (source.lost_samples, source.rejected_packets) == (0, 0)


def test_a_python_osc_client_is_understood_at_48_khz(source: OscPcm) -> None:
    sound = tone(48_000, 0.5, 2)
    heard = []
    with closing(SimpleUDPClient("127.0.0.1", source.port)) as client:
        for number, start in enumerate(range(0, len(sound), 160)):
            blob = sound[start : start + 160].astype("<f4").tobytes()
            client.send_message("/stream/pcm", [number, 48_000, 2, "f32le", blob])
            block = source.read(start / 48_000)
            heard.append(block.samples if block is not None else np.zeros(0, np.float32))
    samples = np.concatenate(heard)
    assert len(samples) == pytest.approx(0.5 * SAMPLE_RATE_HZ, abs=40)  # the filter still holds its tail
    spectrum = np.abs(np.fft.rfft(samples[:6400] * np.hanning(6400)))
    assert int(np.argmax(spectrum)) * SAMPLE_RATE_HZ / 6400 == pytest.approx(440, abs=3)


def test_a_datagram_of_64_kib_is_taken(source: OscPcm, sender: socket.socket) -> None:
    sound = tone(SAMPLE_RATE_HZ, 1.0)[:16_300]
    np.testing.assert_allclose(hear(source, sender, [pcm(0, sound)]), sound[:, 0], atol=1e-7)


@pytest.mark.parametrize("seed", range(5))
def test_datagrams_that_overtake_each_other_are_put_in_order(source: OscPcm, sender: socket.socket, seed: int) -> None:
    sound = tone(SAMPLE_RATE_HZ, 0.5)
    sent, chance = datagrams(sound, 80), random.Random(seed)
    order = [0, *sorted(range(1, len(sent)), key=lambda number: number + chance.uniform(0, 6))]
    heard = hear(source, sender, [sent[number] for number in order], every_s=0.005)
    np.testing.assert_allclose(heard, sound[:, 0], atol=1e-7)
    assert source.lost_samples == 0


@pytest.mark.parametrize("jump", [2, 500, 512, 513, 2**31 - 1])
def test_a_sender_that_jumps_about_in_its_numbers_cannot_lose_more_than_time_has_passed(
    source: OscPcm, sender: socket.socket, jump: int
) -> None:
    sound = tone(SAMPLE_RATE_HZ, 0.1)
    sent = [pcm((number * jump + 2**31) % 2**32 - 2**31, sound) for number in range(300)]
    heard = hear(source, sender, sent)
    passed = round((300 * 0.01 + 0.1) * SAMPLE_RATE_HZ)
    assert source.lost_samples <= passed + SAMPLE_RATE_HZ
    assert len(heard) <= 300 * len(sound) + passed + SAMPLE_RATE_HZ


def test_lost_datagrams_are_counted_and_bridged_without_a_click(source: OscPcm, sender: socket.socket) -> None:
    sound = tone(SAMPLE_RATE_HZ, 1.0)
    sent = [datagram for number, datagram in enumerate(datagrams(sound, 160)) if number not in (20, 21, 60)]
    heard = hear(source, sender, sent)
    assert len(heard) == len(sound)  # time is kept: what was lost is replaced
    assert source.lost_samples == 3 * 160
    np.testing.assert_allclose(heard[: 20 * 160], sound[: 20 * 160, 0], atol=1e-7)
    np.testing.assert_allclose(heard[22 * 160 : 60 * 160], sound[22 * 160 : 60 * 160, 0], atol=1e-7)
    entry = abs(heard[20 * 160] - heard[20 * 160 - 1])
    assert entry <= np.max(np.abs(np.diff(sound[:, 0]))) * 1.1
    assert np.max(np.abs(heard)) <= 0.5


def test_features_of_a_host_that_analyses_itself_are_kept_while_fresh(source: OscPcm, sender: socket.socket) -> None:
    builder = OscMessageBuilder("/stream/features")
    for value in (0.1, 0.2, 0.3, 0.4, 0.5, 7.0):
        builder.add_arg(value, "f")
    sender.send(builder.build().dgram)
    assert source.read(10.0) is None
    features = source.features(10.5)
    assert features is not None
    assert features == pytest.approx(
        {"level": 0.1, "bass": 0.2, "mid": 0.3, "treble": 0.4, "onset": 0.5, "centroid": 1.0}
    )
    assert source.features(11.5) is None


@pytest.mark.parametrize(
    ("tags", "values"),
    [
        ("iiiiii", [0, 1, 0, 1, 0, 1]),
        ("hdifTF", [0, 1.0, 0, 1.0, True, False]),
        ("dddddd", [0.0, 1.0, 0.0, 1.0, 0.0, 1.0]),
    ],
)
def test_features_are_numbers_of_any_type(
    source: OscPcm, sender: socket.socket, tags: str, values: list[float | bool]
) -> None:
    builder = OscMessageBuilder("/stream/features")
    for value, tag in zip(values, tags, strict=True):
        builder.add_arg(value, tag)
    sender.send(builder.build().dgram)
    source.read(10.0)
    assert list((source.features(10.5) or {}).values()) == [float(value) for value in values]
    assert source.rejected_packets == 0


@pytest.mark.parametrize("tags", ["ddd", "fff", "hhh", "hfi"])
def test_the_numbers_of_sound_may_be_of_any_type(source: OscPcm, sender: socket.socket, tags: str) -> None:
    sound = tone(SAMPLE_RATE_HZ, 0.1)
    heard = hear(source, sender, [with_tags(pcm(0, sound), tags)])
    np.testing.assert_allclose(heard, sound[:, 0], atol=1e-7)


def with_tags(datagram: bytes, tags: str) -> bytes:
    """Return the datagram of sound with its three numbers sent as other types."""
    head = len(b"/stream/pcm\0,iiisb\0\0")
    numbers = struct.unpack_from(">iii", datagram, head)
    kinds = {"i": "i", "h": "q", "f": "f", "d": "d"}
    sent = b"".join(struct.pack(">" + kinds[tag], number) for tag, number in zip(tags, numbers, strict=True))
    return b"/stream/pcm\0," + tags.encode() + b"sb\0\0" + sent + datagram[head + 12 :]


def bundle(*elements: bytes) -> bytes:
    return b"#bundle\0" + struct.pack(">q", 1) + b"".join(struct.pack(">i", len(each)) + each for each in elements)


def test_sound_inside_bundles_is_heard(source: OscPcm, sender: socket.socket) -> None:
    sound = tone(SAMPLE_RATE_HZ, 0.02)
    first, second = datagrams(sound, 160)
    heard = hear(source, sender, [bundle(first, bundle(second))])
    np.testing.assert_allclose(heard, sound[:, 0], atol=1e-7)


GOOD = pcm(0, np.zeros((8, 1), np.float32))
HOSTILE = {
    "an element that moves backwards": b"#bundle\0" + struct.pack(">q", 1) + struct.pack(">i", -4) + b"abcd",
    "an element that is too long": b"#bundle\0" + struct.pack(">q", 1) + struct.pack(">i", 1 << 30) + b"abcd",
    "a truncated bundle": b"#bundle\0" + b"\1" * 11,
    "a truncated message": GOOD[:-8],
    "a negative blob": GOOD[: GOOD.index(b"f32le") + 8] + struct.pack(">i", -4),
    "no UTF-8": GOOD.replace(b"f32le", b"\xff\xfe\xfd\xfc\xfb"),
    "an unknown format": GOOD.replace(b"f32le", b"u24le"),
    "another address": b"/stream/video\0\0\0,i\0\0\0\0\0\1",
    "other types": b"/stream/pcm\0,iii\0\0\0\0" + b"\0" * 12,
    "a rate of nothing": pcm(0, np.zeros((8, 1), np.float32), rate_hz=0),
    "a negative rate": pcm(0, np.zeros((8, 1), np.float32), rate_hz=-48_000),
    "a rate that is no number": with_tags(pcm(0, np.zeros((8, 1), np.float32)), "fff").replace(
        struct.pack(">f", SAMPLE_RATE_HZ), struct.pack(">f", float("nan"))
    ),
    "half a channel": with_tags(pcm(0, np.zeros((8, 1), np.float32)), "iif").replace(
        struct.pack(">f", 1), struct.pack(">f", 1.5)
    ),
    "a split frame": GOOD.replace(struct.pack(">i", 1) + b"f32le", struct.pack(">i", 3) + b"f32le"),
    "features that are no numbers": b"/stream/features\0\0\0\0,ffffff\0" + struct.pack(">6f", *[float("nan")] * 6),
    "a seventh feature": b"/stream/features\0\0\0\0,fffffff\0\0\0\0\0\0\0\0" + struct.pack(">7f", *[0.5] * 7),
    "nothing at all": b"",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_datagrams_are_counted_and_the_stream_goes_on(source: OscPcm, sender: socket.socket, what: str) -> None:
    sound = tone(SAMPLE_RATE_HZ, 0.1)
    sent = datagrams(sound, 160)
    np.testing.assert_allclose(hear(source, sender, [*sent[:5], HOSTILE[what], *sent[5:]]), sound[:, 0], atol=1e-7)
    assert source.rejected_packets == 1


def test_bundles_nested_without_end_are_refused(source: OscPcm, sender: socket.socket) -> None:
    nested = GOOD
    for _ in range(3000):
        nested = bundle(nested)
    assert len(hear(source, sender, [nested])) == 0
    assert source.rejected_packets == 1


def test_samples_that_are_no_numbers_become_silence(source: OscPcm, sender: socket.socket) -> None:
    broken = np.array([np.nan, np.inf, -np.inf, 1e38, -3e38, 0.5] * 32, np.float32).reshape(-1, 2)
    silence = [pcm(number, np.zeros((96, 2), np.float32), rate_hz=48_000) for number in range(2, 20)]
    sent = [pcm(0, broken, rate_hz=48_000), *silence]  # the first is also what bridges the missing second
    heard = hear(source, sender, sent)
    assert np.isfinite(heard).all()
    assert np.max(np.abs(heard[-100:])) < 1e-3


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    garbage=st.lists(
        st.one_of(
            st.binary(max_size=200),
            st.binary(max_size=200).map(lambda tail: b"/stream/pcm\0,iiisb\0\0" + tail),
            st.binary(max_size=100).map(lambda tail: b"#bundle\0" + tail),
            st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)).map(
                lambda change: GOOD[: change[0]] + bytes([change[1]]) + GOOD[change[0] + 1 :]
            ),
        ),
        max_size=8,
    )
)
def test_no_datagram_stops_the_listener(source: OscPcm, sender: socket.socket, garbage: list[bytes]) -> None:
    for number, datagram in enumerate(garbage):
        sender.send(datagram)
        block = source.read(1000.0 + number)
        if block is not None:
            assert np.isfinite(block.samples).all()


def test_a_flood_is_read_in_bounded_steps(source: OscPcm, sender: socket.socket) -> None:
    for _ in range(3000):
        sender.send(b"/flood\0\0,\0\0\0")
    reads = 0
    while source.rejected_packets < 1000:
        before = source.rejected_packets
        source.read(0.01 * reads)
        assert source.rejected_packets - before <= 256
        reads += 1
        assert reads < 1000, "the flood never arrived"


def test_a_taken_port_is_named_with_the_way_out(source: OscPcm) -> None:
    with pytest.raises(SourceError, match=f"UDP port {source.port} on 127.0.0.1 cannot be opened.*osc:PORT"):
        OscPcm(port=source.port)
