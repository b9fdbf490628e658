"""A session's folder: its header, its sound, which one is meant, and which are too old."""

import json
import os
import queue
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import scipy.io.wavfile
from numpy.typing import NDArray

from installation.session.entries import Change, ModelSeen, PresetTaken, Turn
from installation.session.fingerprint import sound_sha256
from installation.session.header import Header, SessionError, differences, read_header, write_header
from installation.session.place import claim_folder, find_session, forget_older
from installation.session.reading import Session
from installation.session.sound import KeptSound, SoundWriter
from installation.session.soundtrack import FilmSound, sound_of
from installation.session.writing import Heard, SessionWriter

MOMENT = datetime(2026, 11, 29, 21, 47, 5, tzinfo=UTC)
HEADER = Header(seed=3, size=(64, 36), fps=10.0, model="/models/small", model_sha256="ab", source="mic")


def written(folder: Path, header: Header = HEADER, turns: int = 3) -> Path:
    """Write a session of a few turns by the real writer; return its folder."""
    writer = SessionWriter(lambda: claim_folder(folder, MOMENT), lambda: header, lambda _: "cd")
    writer.put(PresetTaken("gallery", {"name": "Gallery"}))
    for number in range(turns):
        writer.put(Change(number / 10, "/render/zoom", 1.5, "osc"))
        writer.put(Turn(100.0 + number / 10, (64, 36), sounded=1_600 * number))
    writer.close()
    assert writer.failure == ""
    return find_session(folder)


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    session = Session(written(tmp_path))
    extent = session.extent()
    assert session.header == HEADER and [turn.now for turn in session.turns()] == [100.0, 100.1, 100.2]
    assert (extent.turns, extent.damage, extent.models) == (3, "", {"/models/small": "ab"})
    assert extent.duration_s == pytest.approx(0.2)


def test_what_follows_a_damaged_block_is_left_out_and_said(tmp_path: Path) -> None:
    folder = written(tmp_path)
    with (folder / "turns.log").open("ab") as file:
        file.write(b"BLK1 and then the power failed")
    extent = Session(folder).extent()
    assert extent.turns == 3 and "cut off or damaged in its block" in extent.damage


def test_a_log_without_a_picture_is_said_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(SessionError, match="holds no picture"):
        Session(written(tmp_path, turns=0)).extent()


def test_a_log_that_lies_names_file_and_line(tmp_path: Path) -> None:
    folder = written(tmp_path)
    from installation.session.blocks import MAGIC, pack

    (folder / "turns.log").write_bytes(MAGIC + pack(b'T{"t":1}\nM{"folder":[]}\n'))
    with pytest.raises(SessionError, match=r"turns.log, line 1: the first turn"):
        Session(folder).extent()
    (folder / "turns.log").write_bytes(MAGIC + pack(b'C{}\nM{"folder":[]}\n'))
    with pytest.raises(SessionError, match=r"turns.log, line 2: ModelSeen.folder"):
        Session(folder).extent()
    (folder / "turns.log").unlink()
    with pytest.raises(SessionError, match="cannot be read: No such file"):
        Session(folder).extent()


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("format", 2, "format 1, got 2"),
        ("size", [0, 36], "size: expected two numbers of 1..8192"),
        ("fps", 1e9, "fps: expected a number above 0"),
        ("seed", 2**80, "seed"),
        ("seed", "3", "Header.seed"),
        ("preset", [], "Header.preset"),
    ],
)
def test_a_header_that_cannot_be_is_refused_in_one_line(tmp_path: Path, key: str, value: object, words: str) -> None:
    write_header(tmp_path, HEADER)
    path = tmp_path / "session.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), key: value}))
    with pytest.raises(SessionError) as refused:
        read_header(tmp_path)
    assert words in str(refused.value) and "\n" not in str(refused.value)


def test_what_has_another_version_here_is_named() -> None:
    there = Header(product="one", versions={"torch": "1"}, driver="llvmpipe")
    assert differences(there, there) == []
    told = "; ".join(differences(there, Header(product="one", versions={"torch": "2"}, driver="a GPU")))
    assert "torch 1 there, 2 here" in told and "driver" in told and "product" not in told


def test_the_folder_of_sessions_means_the_newest(tmp_path: Path) -> None:
    with pytest.raises(SessionError, match="no session log"):
        find_session(tmp_path)
    for _ in range(2):
        write_header(claim_folder(tmp_path, MOMENT), HEADER)
    newest = tmp_path / "2026-11-29_21-47-05_2"
    assert find_session(tmp_path) == newest == find_session(newest)


def test_only_what_is_too_old_goes_and_only_what_a_log_consists_of(tmp_path: Path) -> None:
    old, kept, young = (claim_folder(tmp_path, MOMENT) for _ in range(3))
    for folder in (old, kept, young):
        write_header(folder, HEADER)
    (kept / "note.txt").write_text("mine")
    for folder in (old, kept):
        os.utime(folder / "session.json", (0, 0))
    assert forget_older(tmp_path, 30) == [old.name, kept.name]
    assert not old.exists() and (kept / "note.txt").exists() and find_session(tmp_path) == young


def test_sound_comes_back_where_it_was_and_is_silent_where_it_is_lost(tmp_path: Path) -> None:
    writer, tone = SoundWriter(tmp_path), np.sin(np.arange(32_000, dtype=np.float32) / 9)
    writer.add(tone[:16_000], ends_at=20_000)
    writer.add(tone[16_000:], ends_at=40_000)  # 4 000 samples were lost between
    writer.flush()
    (tmp_path / "000000000050000.flac").write_bytes(b"cut off")
    kept = KeptSound(tmp_path)
    heard = np.concatenate([kept.between(start, start + 500) for start in range(2_000, 62_000, 500)])
    np.testing.assert_allclose(heard[2_000:18_000], tone[:16_000], atol=1e-4)
    np.testing.assert_allclose(heard[22_000:38_000], tone[16_000:], atol=1e-4)
    assert not heard[:2_000].any() and not heard[18_000:22_000].any() and not heard[38_000:].any()


def test_without_its_sound_the_film_of_a_microphone_is_silent_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    session = Session(written(tmp_path))
    assert not sound_of(session, session.extent(), 500)[100:400].any()
    assert "silent: the sound of this session was not kept" in caplog.text


def test_a_sound_file_is_heard_again_round_and_round_unless_it_has_changed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path, ramp = tmp_path / "ramp.wav", np.linspace(-0.5, 0.5, 1_000, dtype=np.float32)
    scipy.io.wavfile.write(path, 16_000, ramp)
    header = replace(HEADER, source=f"file:{path}", source_sha256=sound_sha256(path))
    session = Session(written(tmp_path / "log", header))
    sound = sound_of(session, replace(session.extent(), steps=((0, 900),)), 3_000)
    np.testing.assert_allclose(sound[50:250], np.concatenate([ramp[950:], ramp[:150]]), atol=1e-6)
    path.write_bytes(path.read_bytes() + b"more")
    assert not sound_of(session, session.extent(), 500)[0:500].any()
    assert "is not the sound file of this session any more" in caplog.text


def test_sound_stays_beside_the_pictures_when_it_begins_late_stands_still_or_jumps() -> None:
    class Numbers:
        def between(self, start: int, stop: int) -> NDArray[np.float32]:
            return np.arange(start, stop, dtype=np.float32)

    steps = ((0, 1), (10, 1), (20, 5), (30, 105))
    sound = FilmSound(Numbers(), steps, 40)
    whole = [*[0.0] * 10, 1, 2, 3, 4, *[0.0] * 6, *range(5, 15), *range(105, 115)]
    assert sound[0:40].tolist() == whole
    assert np.concatenate([sound[start : start + 7] for start in range(0, 40, 7)]).tolist() == whole
    assert len(sound) == 40 and sound[40:50].tolist() == []


def test_a_disk_that_takes_nothing_ends_the_log_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    writer = SessionWriter(lambda: claim_folder(tmp_path / "file", MOMENT), lambda: HEADER, lambda _: "")
    writer.close()
    assert writer.failure.startswith("session log stopped: ") and "\n" not in writer.failure


def test_a_number_that_is_none_ends_the_log_and_not_the_show(tmp_path: Path) -> None:
    writer = SessionWriter(lambda: claim_folder(tmp_path, MOMENT), lambda: HEADER, lambda _: "")
    writer.put(Turn(float("nan")))
    writer.close()
    assert writer.failure.startswith("session log stopped: ValueError")


def test_a_disk_that_stands_still_ends_the_log_once_too_much_waits(tmp_path: Path) -> None:
    answers: queue.Queue[Path] = queue.Queue()
    writer = SessionWriter(answers.get, lambda: HEADER, lambda _: "")
    for number in range(3_000):
        writer.put(Heard(np.zeros(1, np.float32), number))
    assert writer.failure == "session log stopped: the disk does not keep up"
    answers.put(claim_folder(tmp_path, MOMENT))
    writer.close()


def test_another_model_is_named_with_its_fingerprint(tmp_path: Path) -> None:
    from installation.session.entries import Picture
    from installation.values import Latent
    from installation.wish_bytes import pack_wish

    latent = Latent(np.zeros(2, np.float32), np.ones(3, np.float32))
    writer = SessionWriter(lambda: claim_folder(tmp_path, MOMENT), lambda: HEADER, lambda folder: f"of {folder}")
    for number, folder in enumerate(("/models/small", "/models/large")):
        writer.put(Turn(float(number), picture=Picture((number, 0.0), pack_wish(folder, latent, None))))
    writer.close()
    session = Session(tmp_path)
    assert [entry for entry in session.entries() if isinstance(entry, ModelSeen)] == [
        ModelSeen("/models/large", "of /models/large")
    ]
