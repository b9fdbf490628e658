"""`python -m s2s volume` and `mix`: sheets, films and what is told beside them."""

import json
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from s2s.__main__ import main
from tests.fakes import write_tiny_bundle
from tests.s2s.media.test_audio import tone, write_wav

pytestmark = pytest.mark.heavy

CELL_PX, GAP_PX = 160, 6


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_bundle(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture
def sounds(tmp_path: Path) -> list[Path]:
    pitches_hz = {"rain": 300.0, "bell": 1_200.0, "bird": 4_000.0}
    return [write_wav(tmp_path / f"{name}.wav", tone(16_000, 0.4, hz)) for name, hz in pitches_hz.items()]


def s2s(verb: str, *arguments: object, model: Path) -> int:
    return main([verb, *map(str, arguments), "--model", str(model)])


def cells_of(sheet: Path, columns: int, rows: int) -> tuple[int, int]:
    """The room for captions that is left beside and above so many cells; negative where they do not fit."""
    with Image.open(sheet) as image:
        return image.width - columns * (CELL_PX + GAP_PX) - GAP_PX, image.height - rows * (CELL_PX + GAP_PX) - GAP_PX


def results_of(sheet: Path) -> dict[str, Any]:
    record = json.loads(sheet.with_suffix(".json").read_text(), parse_constant=pytest.fail)
    rows: dict[str, Any] = record["results"]["rows"]
    return rows


def test_a_volume_sheet_has_a_row_a_sound_and_a_column_a_gain(model: Path, sounds: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "sheets" / "volume.png"
    assert s2s("volume", *sounds[:2], out, model=model) == 0
    beside, above = cells_of(out, columns=5, rows=2)
    assert 20 < beside < 60
    assert 10 < above < 30
    rows = results_of(out)
    assert list(rows) == ["rain", "bell"]
    assert [column["column"] for column in rows["rain"]] == ["-30 dB", "-20 dB", "-10 dB", "0 dB", "+10 dB"]
    levels = [column["level_dbfs"] for column in rows["rain"]]
    assert np.diff(levels) == pytest.approx([10.0] * 4, abs=0.01)
    assert rows["rain"][0]["cosine_to_first_column"] == 1.0
    assert rows["rain"][-1]["clipped"] > 0.3


def test_what_lies_below_the_floor_is_marked_on_the_sheet(model: Path, tmp_path: Path) -> None:
    sound, out = write_wav(tmp_path / "rain.wav", tone(16_000, 0.4, 300.0)), tmp_path / "volume.png"
    assert s2s("volume", sound, out, "--gains=0,-80", model=model) == 0
    assert [column["remark"] for column in results_of(out)["rain"]] == ["", "below the floor"]
    with Image.open(out) as image:
        heard, unheard = (np.asarray(image)[-GAP_PX - 17 : -GAP_PX, -x : -x + CELL_PX] for x in (332, 166))
    paper = np.array((18, 18, 20), np.uint8)
    assert (unheard == paper).all(axis=2).mean() > 0.5 > (heard == paper).all(axis=2).mean()


@pytest.mark.parametrize("verb", ["volume", "mix"])
def test_that_nothing_is_heard_in_a_sound_is_said(
    model: Path, sounds: list[Path], tmp_path: Path, verb: str, caplog: pytest.LogCaptureFixture
) -> None:
    silence = write_wav(tmp_path / "silence.wav", np.zeros(8_000))
    assert s2s(verb, sounds[0], silence, tmp_path / "out.png", model=model) == 0
    assert [record.getMessage() for record in caplog.records if "nothing is heard" in record.getMessage()] == [
        f"{silence}: nothing is heard: it is silent; what is made of it is no answer"
    ]


def test_gains_and_noises_are_as_many_as_asked_for(model: Path, sounds: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "volume.png"
    assert s2s("volume", sounds[0], out, "--gains=-6,0", "--count", 3, model=model) == 0
    assert cells_of(out, columns=2, rows=3)[1] < 30
    with pytest.raises(SystemExit):
        s2s("volume", sounds[0], out, "--gains=loud", model=model)


def test_sounds_can_be_brought_to_one_level_first(model: Path, sounds: list[Path], tmp_path: Path) -> None:
    quiet = write_wav(tmp_path / "quiet.wav", 0.01 * tone(16_000, 0.4))
    out = tmp_path / "mix.png"
    assert s2s("mix", sounds[0], quiet, out, "--level", -20, "--gains=0,-6", model=model) == 0
    levels = [column["level_dbfs"] for column in results_of(out)[""]]
    assert levels == pytest.approx([-20.0, -26.0, -19.03], abs=0.05)


def test_a_mix_sheet_shows_sounds_alone_and_together(model: Path, sounds: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "mix.png"
    assert s2s("mix", *sounds, out, model=model) == 0
    assert [column["column"] for column in results_of(out)[""]] == ["rain", "bell", "bird", "rain + bell + bird"]
    assert cells_of(out, columns=4, rows=1)[0] == 0  # one row needs no name
    assert s2s("mix", *sounds, out, "--pairs", model=model) == 0
    assert len(results_of(out)[""]) == 7


def test_opposing_volumes_have_a_row_for_each_that_comes(model: Path, sounds: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "opposing.png"
    assert s2s("mix", *sounds, out, "--opposing", "--steps", 4, "--curve", "linear", model=model) == 0
    rows = results_of(out)
    assert [" ".join(name.split()) for name in rows] == ["rain → bell", "rain → bird"]
    captions = [column["column"] for column in rows[next(iter(rows))]]
    assert captions == ["0 dB / off", "-4 dB / -10 dB", "-10 dB / -4 dB", "off / 0 dB"]
    assert 20 < cells_of(out, columns=4, rows=2)[0] < 80


@pytest.mark.heavy
@pytest.mark.parametrize("options", [["volume", "1"], ["mix", "2"], ["mix", "3", "--opposing"]], ids=" ".join)
def test_a_film_goes_through_every_row_with_its_sound(
    model: Path, sounds: list[Path], tmp_path: Path, options: list[str]
) -> None:
    verb, number, *others = options
    film = tmp_path / "film.mp4"
    out = tmp_path / "sheet.png"
    assert s2s(verb, *sounds[: int(number)], out, "--film", film, "--seconds", 1, *others, model=model) == 0
    rows = 2 if others else 1
    with av.open(str(film)) as container:
        pictures = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
        assert container.streams.video[0].average_rate == 24
    assert len(pictures) == 24 * rows
    assert pictures[0].shape == (528, 480, 3)
    assert (pictures[0][485:] != pictures[-1][485:]).any()  # the caption says where the sweep is
    with av.open(str(film)) as container:
        heard = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
    assert len(heard) == pytest.approx(16_000 * rows, abs=2_048)
    assert float(np.abs(heard[-4_000:]).max()) > 0.3


def test_one_seed_makes_one_sheet(model: Path, sounds: list[Path], tmp_path: Path) -> None:
    for name in ("one.png", "other.png"):
        assert s2s("mix", *sounds, tmp_path / name, "--seed", 3, model=model) == 0
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "other.png").read_bytes()


@pytest.mark.parametrize(
    ("verb", "arguments", "reason"),
    [
        ("volume", ["rain.wav", "out.jpg"], "ends in .png, got"),
        ("volume", ["rain.wav", "out.png", "--film", "film.avi"], "ends in .mp4, got"),
        ("volume", ["missing.wav", "out.png"], "missing.wav: no such file"),
        ("volume", ["rain.wav", "out.png", "--gains=0,300"], "at most 200 decibels"),
        ("volume", ["silence.wav", "out.png", "--level", "-20"], "silence.wav: silence cannot be brought to a level"),
        ("mix", ["rain.wav", "out.png"], "at least two sounds, got 1"),
        ("mix", ["rain.wav", "bell.wav", "out.png", "--gains=0"], "--gains: expected one per sound, 2; got 1"),
        ("mix", ["rain.wav", "bell.wav", "rain.wav/out.png"], "rain.wav"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    model: Path,
    sounds: list[Path],
    tmp_path: Path,
    verb: str,
    arguments: list[str],
    reason: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_wav(tmp_path / "silence.wav", np.zeros(100))
    placed = [text if text.startswith("-") else str(tmp_path / text) for text in arguments]
    assert s2s(verb, *placed, model=model) == 2
    error = capsys.readouterr().err
    assert reason in error
    assert error.count("\n") == 1
    assert not (tmp_path / "out.png").exists()
