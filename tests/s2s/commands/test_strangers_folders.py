"""The verbs over folders as strangers bring them: they go on without what cannot be read, and say so."""

import errno
import json
import logging
import os
from pathlib import Path
from typing import Any

import pytest

from s2s.__main__ import main
from s2s.commands import generate
from s2s.media.audio import read_audio
from s2s.media.montage import save_png
from tests.fakes import write_tiny_bundle
from tests.s2s.media import strange_sounds
from tests.s2s.media.strange_sounds import pcm, tone

pytestmark = pytest.mark.heavy

MAC_REMNANT = b"\0\5\x16\7\0\2\0\0Mac OS X        " + bytes(4_000)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_tiny_bundle(tmp_path / "tiny")


@pytest.fixture
def sounds(tmp_path: Path) -> Path:
    folder = tmp_path / "sounds"
    folder.mkdir()
    pcm(folder / "rain.wav", tone(0.3, 16_000))
    return folder


def s2s(verb: str, *arguments: object, model: Path) -> int:
    return main([verb, *map(str, arguments), "--model", str(model)])


def record_of(path: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return record


@pytest.mark.parametrize("verb", ["generate", "volume"])
def test_what_macos_leaves_on_a_stick_is_no_sound(model: Path, sounds: Path, tmp_path: Path, verb: str) -> None:
    (sounds / "._rain.wav").write_bytes(MAC_REMNANT)
    assert s2s(verb, sounds, tmp_path / "out.png", model=model) == 0
    assert not record_of(tmp_path / "out.json")["results"].get("failed")


@pytest.mark.parametrize("verb", ["generate", "volume", "mix"])
def test_a_broken_sound_in_a_folder_is_left_out_and_named(
    model: Path, sounds: Path, tmp_path: Path, verb: str, caplog: pytest.LogCaptureFixture
) -> None:
    pcm(sounds / "sea.wav", tone(0.3, 16_000, 200.0))
    (sounds / "broken.wav").write_text("a shopping list")
    with caplog.at_level(logging.WARNING):
        assert s2s(verb, sounds, tmp_path / "out.png", model=model) == 0
    assert (tmp_path / "out.png").exists()
    assert "broken.wav: cannot be read as sound" in caplog.text


@pytest.mark.parametrize("verb", ["generate", "volume"])
def test_a_broken_sound_that_was_named_is_exit_code_2(
    model: Path, sounds: Path, tmp_path: Path, verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broken.wav").write_text("a shopping list")
    assert s2s(verb, sounds, tmp_path / "broken.wav", tmp_path / "out.png", model=model) == 2
    assert "broken.wav: cannot be read as sound" in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["generate", "volume"])
def test_a_folder_of_which_nothing_can_be_read_is_exit_code_2(
    model: Path, tmp_path: Path, verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broken").mkdir()
    for name in ("a.wav", "b.mp3"):
        (tmp_path / "broken" / name).write_text("a shopping list")
    assert s2s(verb, tmp_path / "broken", tmp_path / "out.png", model=model) == 2
    assert "cannot be read as sound" in capsys.readouterr().err
    assert not (tmp_path / "out.png").exists()


def test_a_folder_that_is_linked_in_is_a_folder(model: Path, sounds: Path, tmp_path: Path) -> None:
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "evening").symlink_to(sounds)
    assert s2s("generate", tmp_path / "linked", tmp_path / "out", model=model) == 0
    assert (tmp_path / "out" / "evening" / "rain.png").exists()


@pytest.mark.parametrize("singles", [(), ("--singles",)], ids=["rows", "singles"])
def test_a_name_as_long_as_names_can_be_is_painted_with_the_others(
    model: Path, sounds: Path, tmp_path: Path, singles: tuple[str, ...]
) -> None:
    long = "雨" * 83 + ".wav"
    for folder in ("", "deeper"):
        (sounds / folder).mkdir(exist_ok=True)
        pcm(sounds / folder / long, tone(0.3, 16_000))
    pcm(sounds / "龍.wav", tone(0.3, 16_000))
    out = tmp_path / "out"
    assert s2s("generate", sounds, out, "--count", 1, *singles, model=model) == 0
    pictures = sorted(path.relative_to(out).parts[0] for path in out.rglob("*.png"))
    assert len(set(pictures)) == 4
    assert all(len(os.fsencode(name)) <= 255 for name in pictures)
    assert len(record_of(out / "run.json")["results"]["sounds"]) == 4


def test_a_name_that_the_file_system_refuses_costs_its_own_picture_alone(
    model: Path, sounds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pcm(sounds / "sea.wav", tone(0.3, 16_000, 200.0))

    def refuse(path: Path, *arguments: Any) -> None:
        if path.stem == "rain":
            raise OSError(errno.EILSEQ, "Invalid or incomplete multibyte character", str(path))
        save_png(path, *arguments)

    monkeypatch.setattr(generate, "save_png", refuse)
    out = tmp_path / "out"
    assert s2s("generate", sounds, out, "--count", 1, model=model) == 0
    assert [path.name for path in out.glob("*.png")] == ["sea.png"]
    assert "rain" in str(record_of(out / "run.json")["results"]["failed"])


def test_a_name_that_is_no_text_is_painted_and_told(
    model: Path, sounds: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    name = os.fsdecode(b"B\xe4chlein")
    pcm(sounds / f"{name}.wav", tone(0.3, 16_000))
    out = tmp_path / "out"
    for _ in range(2):  # the second time what is there is known again
        assert s2s("generate", sounds, out, model=model) == 0
    assert (out / f"{name}.png").exists()
    told = record_of(out / "run.json")["results"]["sounds"]
    assert told["B\N{REPLACEMENT CHARACTER}chlein"].endswith("B\N{REPLACEMENT CHARACTER}chlein.wav")
    assert s2s("volume", sounds, tmp_path / f"{name}.png", model=model) == 0
    assert s2s("generate", sounds / f"{name}.wav", tmp_path / f"{name}-2.png", model=model) == 0


def test_a_missing_file_whose_name_is_no_text_is_one_line(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert s2s("generate", tmp_path / "B\udce4ch.wav", tmp_path / "out.png", model=model) == 2
    assert "B\N{REPLACEMENT CHARACTER}ch.wav: no such file" in capsys.readouterr().err


def test_a_film_is_made_beside_a_sheet_whatever_the_colons(
    model: Path, sounds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    name = "2026-11-28T16:12:00"
    pcm(tmp_path / f"{name}.wav", tone(0.3, 16_000))
    assert s2s("volume", f"{name}.wav", f"{name}.png", "--film", f"{name}.mp4", "--seconds", 1, model=model) == 0
    assert len(read_audio(tmp_path / f"{name}.mp4")) == pytest.approx(16_000, abs=2_048)


def test_sounds_of_every_odd_kind_are_painted_together(model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    strange_sounds.latin_1_tags(folder / "tags.mp3")
    strange_sounds.joined_rates(folder / "rates.mp3")
    strange_sounds.joined_layouts(folder / "layouts.aac")
    strange_sounds.damaged(folder / "damaged.mp3")
    strange_sounds.padded(folder / "16:12:00.mp3")
    strange_sounds.one_sample(folder / "one.wav")
    assert s2s("generate", folder, tmp_path / "out", model=model) == 0
    assert len(list((tmp_path / "out").glob("*.png"))) == 6
