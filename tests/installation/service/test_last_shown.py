"""What was shown last is shown again: the preset and what hands have moved, and no blackout."""

from pathlib import Path
from types import MappingProxyType

import pytest

from installation.desk import Desk
from installation.options import Arguments, ShowConfig, resolve
from installation.parameters import DEFAULTS
from installation.presets.naming import PRESET_FOLDER
from installation.presets.reading import load_preset
from installation.service.last_shown import KEPT, LastShown, name_of, resumed
from installation.service.remembering import Remembering
from installation.values import Features, ParameterValue
from installation.venue import Venue

LAST = LastShown("gallery", "performance", "", MappingProxyType({"/render/hue": 0.25, "/show/playlist": "in order"}))


@pytest.fixture
def venue(tmp_path: Path) -> Venue:
    return Venue(tmp_path / "venue")


def started(venue: Venue, **arguments: object) -> ShowConfig:
    """Return the run of a show started in `venue`."""
    return resumed(resolve(Arguments(venue=venue.folder, **{"resume": True, **arguments})))  # type: ignore[arg-type]


def remembering(venue: Venue, desk: Desk) -> Remembering:
    preset = load_preset("performance")
    return Remembering(
        desk, venue.last_shown, "gallery", preset=lambda: preset, name_of=lambda _: "performance", by_hand=lambda: False
    )


def test_it_begins_with_what_was_shown_last(venue: Venue) -> None:
    LAST.write(venue.last_shown)
    config = started(venue)
    assert config.preset.path.stem == "performance" and config.resumed == LAST.values
    assert config.arguments.preset == "gallery"


def test_fresh_and_an_attended_start_begin_with_what_was_asked_for(venue: Venue) -> None:
    LAST.write(venue.last_shown)
    for resume in (False, None):
        config = started(venue, resume=resume)
        assert config.preset.path.stem == "gallery" and not config.resumed


def test_another_preset_on_the_command_line_is_that_one(venue: Venue) -> None:
    LAST.write(venue.last_shown)
    assert started(venue, preset="rehearsal").preset.path.stem == "rehearsal"


def test_nothing_kept_is_nothing_resumed(venue: Venue) -> None:
    assert started(venue).preset.path.stem == "gallery"


def test_a_preset_that_has_gone_is_said(venue: Venue, caplog: pytest.LogCaptureFixture) -> None:
    LastShown("gallery", "of yesterday", "", {}).write(venue.last_shown)
    assert started(venue).preset.path.stem == "gallery"
    assert "what was shown last cannot be" in caplog.text


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "null", '{"format": 2}', '{"format": 1}', '{"format": 1, "values": []}', "\udcff", "[" * 500),
        '{"format":1,"asked":"gallery","preset":"x","model":"","values":{"/render/hue":"red"}}',
    ],
)
def test_a_file_that_is_none_costs_a_line(venue: Venue, text: str, caplog: pytest.LogCaptureFixture) -> None:
    venue.folder.mkdir()
    venue.last_shown.write_bytes(text.encode(errors="surrogateescape"))
    assert started(venue).preset.path.stem == "gallery"
    assert "cannot be used" in caplog.text and "\n" not in caplog.messages[-1]


def test_cut_off_at_any_byte_it_is_refused_and_not_half_taken(venue: Venue) -> None:
    LAST.write(venue.last_shown)
    whole = venue.last_shown.read_bytes()
    for length in range(len(whole.rstrip())):
        venue.last_shown.write_bytes(whole[:length])
        assert LastShown.read(venue.last_shown) is None, length


def test_a_value_of_another_version_is_left_out(venue: Venue) -> None:
    venue.folder.mkdir()
    values = '{"/render/of-tomorrow": 1, "/show/blackout": true, "/render/hue": 0.5}'
    venue.last_shown.write_text(f'{{"format":1,"asked":"gallery","preset":"gallery","model":"","values":{values}}}')
    assert started(venue).resumed == {"/render/hue": 0.5}


def test_a_blackout_a_frozen_picture_and_a_recording_are_not_kept() -> None:
    assert not {"/show/blackout", "/show/freeze", "/show/record", "/show/light", "/show/preset", "/show/save"} & {*KEPT}
    assert {"/audio/gain", "/latent/blend", "/render/hue", "/scene/certainty", "/show/playlist", "/show/lock"} <= {
        *KEPT
    }


def test_what_a_hand_moves_is_written_and_not_more_often_than_every_two_seconds(venue: Venue) -> None:
    desk = Desk(DEFAULTS)
    surface = remembering(venue, desk)
    written: list[ParameterValue] = []
    for turn in range(100):
        desk.post("/render/hue", turn / 100, "page")
        desk.tick(turn / 10, Features())
        surface.poll(turn / 10)
        surface._errands.finish(5.0)
        last = LastShown.read(venue.last_shown)
        assert last is not None
        written.append(last.values["/render/hue"])
    surface.close()
    assert len(set(written)) == 5
    newest = LastShown.read(venue.last_shown)
    assert newest is not None and newest.preset == "performance" and newest.values["/render/hue"] == 0.99


def test_a_disk_that_does_not_take_it_is_a_problem_in_words_and_tried_again(venue: Venue) -> None:
    venue.folder.write_text("a file where the folder belongs")
    surface = remembering(venue, Desk(DEFAULTS))
    for now in (0.0, 1.0):
        surface.poll(now)
        surface._errands.finish(5.0)
    assert "last.json" in surface.status().problem
    venue.folder.unlink()
    for now in (30.0, 31.0):
        surface.poll(now)
        surface._errands.finish(5.0)
    assert surface.status().problem == "" and venue.last_shown.exists()


def test_the_model_a_hand_went_to_is_gone_to_again(venue: Venue) -> None:
    desk = Desk(DEFAULTS)
    preset = load_preset("gallery")
    surface = Remembering(
        desk,
        venue.last_shown,
        "gallery",
        preset=lambda: preset,
        name_of=lambda _: "gallery",
        by_hand=lambda: True,
        model="harbour",
    )
    surface.start()
    desk.tick(0.0, Features())
    surface.poll(0.0)
    surface.close()
    last = LastShown.read(venue.last_shown)
    assert last is not None and last.model == "harbour"


def test_a_preset_is_known_by_name_where_the_name_finds_it_and_else_by_its_file(venue: Venue, tmp_path: Path) -> None:
    own = tmp_path / "gallery.yaml"
    own.write_text((PRESET_FOLDER / "gallery.yaml").read_text())
    assert name_of(load_preset("gallery"), venue) == "gallery"
    assert name_of(load_preset(str(own)), venue) == str(own)
