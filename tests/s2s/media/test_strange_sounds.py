"""The one reader of sound and what strangers' files hold: whatever can be decoded is heard, and the rest is said."""

import logging
import re
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from s2s.data.sound_track import read_sound_track
from s2s.media.audio import AudioFileError, SoundNotes, decode_audio, decode_stepwise, read_audio
from s2s.media.video_writer import VideoFile
from tests.s2s.data.films import Track, tone, write
from tests.s2s.media import strange_sounds

Maker = Callable[[Path], Path]


def heard_by(reader: str, path: Path) -> float:
    """How many seconds are heard, by the verbs and the show, or by `prepare`."""
    if reader == "read_audio":
        return len(read_audio(path)) / 16_000
    track = read_sound_track(path, path.parent, lambda: None)
    assert track is not None
    return len(track.samples) / 16_000


@pytest.mark.parametrize("reader", ["read_audio", "prepare"])
@pytest.mark.parametrize(
    ("make", "name", "seconds"),
    [
        (strange_sounds.latin_1_tags, "tags.mp3", 2.0),
        (strange_sounds.joined_rates, "rates.mp3", 4.0),
        (strange_sounds.joined_layouts, "layouts.aac", 4.0),
        (strange_sounds.damaged, "damaged.mp3", 4.0),
        (strange_sounds.padded, "padded.mp3", 2.0),
        (strange_sounds.with_lyrics, "lyrics.mp3", 2.0),
    ],
)
def test_all_that_can_be_decoded_is_heard(tmp_path: Path, make: Maker, name: str, seconds: float, reader: str) -> None:
    assert heard_by(reader, make(tmp_path / name)) == pytest.approx(seconds, abs=0.3)  # a few frames are lost


@pytest.mark.parametrize("name", ["rates.mp3", "layouts.aac"])
def test_both_parts_of_a_joined_file_keep_their_pitch_and_level(tmp_path: Path, name: str) -> None:
    make = strange_sounds.joined_rates if name == "rates.mp3" else strange_sounds.joined_layouts
    sound = read_audio(make(tmp_path / name))
    for start in (8_000, len(sound) - 24_000):
        part = sound[start : start + 16_000]
        assert np.abs(np.fft.rfft(part * np.hanning(len(part)))).argmax() == pytest.approx(440, abs=1)
        assert float(np.sqrt(np.mean(part**2))) == pytest.approx(0.5 / np.sqrt(2), rel=0.1)


def test_what_could_not_be_decoded_is_said_once_a_file(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = strange_sounds.damaged(tmp_path / "damaged.mp3")
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            read_audio(path)
    assert len(caplog.records) == 1
    assert re.search(r"damaged\.mp3: \d of \d+ packets cannot be decoded", caplog.text)


def test_a_file_of_which_nothing_can_be_decoded_is_refused(tmp_path: Path) -> None:
    header = strange_sounds.mp3(tmp_path / "a.mp3")[:4]
    (tmp_path / "a.mp3").write_bytes((header + b"\xff" * 413) * 50)
    with pytest.raises(AudioFileError, match=r"a\.mp3: cannot be read as sound"):
        read_audio(tmp_path / "a.mp3")


@pytest.mark.parametrize(
    "name", ["2026-11-28T16:12:00.wav", "http:x.wav", "concat:a.wav|b.wav", "pipe:0.wav", "a%3d.wav"]
)
@pytest.mark.parametrize("form", ["{}", "./{}", "{folder}/{}"])
def test_a_name_is_never_taken_for_an_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, form: str
) -> None:
    monkeypatch.chdir(tmp_path)
    strange_sounds.pcm(tmp_path / name, strange_sounds.tone(0.5, 16_000))
    assert len(read_audio(form.format(name, folder=tmp_path))) == 8_000


@pytest.mark.parametrize("name", ["2026-11-28T21:00:00.mp4", "udp:x.mp4", "%d.mp4"])
def test_a_film_is_written_to_any_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    with VideoFile(name, (32, 32), 10.0, 16_000) as film:
        film.write_sound(strange_sounds.tone(0.5, 16_000))
        for _ in range(5):
            film.write(np.zeros((32, 32, 3), np.uint8))
    assert len(read_audio(tmp_path / name)) == pytest.approx(8_000, abs=2_048)


def test_a_film_that_cannot_be_written_is_an_error_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"nowhere/film\.mp4 cannot be written: No such file") as caught:
        VideoFile(tmp_path / "nowhere" / "film.mp4", (32, 32), 10.0)
    assert "\n" not in str(caught.value)


PLAYLISTS = {
    "m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{url}\n#EXT-X-ENDLIST\n",
    "concat": "ffconcat version 1.0\nfile {url}\n",
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio {port} RTP/AVP 0\n",
    "pls": "[playlist]\nFile1={url}\n",
}


@pytest.mark.parametrize("kind", sorted(PLAYLISTS))
def test_a_playlist_called_a_sound_calls_nobody(tmp_path: Path, kind: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        port = server.getsockname()[1]
        callers: list[object] = []
        listening = threading.Thread(target=lambda: _note(server, callers))
        listening.start()
        path = tmp_path / "evening.mp3"
        path.write_text(PLAYLISTS[kind].format(url=f"http://127.0.0.1:{port}/a.mp3", port=port))
        with pytest.raises(AudioFileError, match="cannot be read as sound"):
            read_audio(path)
        listening.join()
    assert callers == []


def _note(server: socket.socket, callers: list[object]) -> None:
    try:
        callers.append(server.accept())
    except TimeoutError:
        return


def test_where_the_best_track_gives_nothing_another_is_heard(tmp_path: Path) -> None:
    broken, whole = Track(tone(2.0, 48_000, 300.0), 48_000, "ac3"), Track(tone(2.0, 16_000, 1_000.0), 16_000, "flac")
    path = write(tmp_path / "a.mkv", sounds=[broken, Track(whole.samples, 16_000, "flac", is_default=False)])
    content = path.read_bytes()
    assert content.count(b"\x0b\x77") > 50  # the sync word of AC-3, at the head of every frame
    path.write_bytes(content.replace(b"\x0b\x77", b"\x00\x00"))
    for reader in ("read_audio", "prepare"):
        assert heard_by(reader, path) == pytest.approx(2.0, abs=0.1)


def test_channels_that_cancel_each_other_are_said_and_heard_as_published(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = strange_sounds.anti_phase(tmp_path / "inverted.wav")
    with caplog.at_level(logging.WARNING):
        assert np.abs(read_audio(path)).max() < 1e-3
    assert "inverted.wav: the channels cancel each other" in caplog.text
    track = read_sound_track(path, tmp_path, lambda: None)
    assert track is not None and track.cancels


def test_the_reader_can_be_left_after_any_packet_however_much_is_damaged(tmp_path: Path) -> None:
    head = strange_sounds.mp3(tmp_path / "a.mp3", 1.0)
    (tmp_path / "a.mp3").write_bytes(head + (head[:4] + b"\xff" * 413) * 200)
    notes = SoundNotes()
    blocks = list(decode_stepwise(tmp_path / "a.mp3", notes=notes))
    assert sum(len(block) == 0 for block in blocks) >= notes.damage.bad_packets > 20
    assert all(len(block) for block in decode_audio(tmp_path / "a.mp3"))
