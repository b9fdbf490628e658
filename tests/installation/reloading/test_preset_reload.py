"""The file of the shown preset, edited while it is shown: what changed in it moves, and nothing else."""

from pathlib import Path

import pytest

from installation.desk import Desk
from installation.isf.header import IsfHeader, IsfInput
from installation.isf.inputs import IsfInputs
from installation.parameters import DEFAULTS
from installation.presets.follower import Look, PresetFollower
from installation.presets.preset import Preset, preset_values
from installation.presets.reading import load_preset
from installation.reloading.preset_file import PresetFile, PresetReload
from installation.render.shader import ShaderError
from installation.values import Controls, Features
from tests.waiting import wait_until

TEXT = """name: Own
description: Of a venue.
parameters:
  /render/bloom: 0.2
  /render/grain: 0.1
  /audio/gain: 3
  /show/hud: true
modulation:
  - {from: bass, to: /render/zoom, amount: 0.05}
"""


class Studio:
    """A desk, a follower and what follows the file of its preset; disks and time are moved by hand."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "own.yaml"
        self.path.write_text(TEXT)
        preset = load_preset(str(self.path))
        self.desk = Desk(
            {**preset_values(preset), "/show/preset": "own", "/show/morph": 2.0, "/show/easing": "linear"},
            preset.routes,
        )
        self.adopted: list[Preset] = []
        self.fault: Exception | None = None
        self.follower = PresetFollower(self.desk, preset, load_preset, self._adopt)
        self.isf = IsfInputs({"tint": IsfHeader((IsfInput("amount", "float", 1.0),), filters=True)})
        self.file = PresetFile(self.path, None, lambda _seconds: None)
        self.reload = PresetReload(self.desk, self.follower, self.isf, self.file, self.file.look)
        self.now = 0.0
        self.turn()

    def _adopt(self, preset: Preset) -> None:
        if self.fault is not None:
            raise self.fault
        self.adopted.append(preset)

    def turn(self, seconds: float = 0.5) -> Controls:
        self.now += seconds
        self.reload.poll(self.now)
        self.follower.poll(self.now)
        return self.desk.tick(self.now, Features())

    def edit(self, old: str, new: str) -> None:
        text = self.path.read_text()
        assert old in text
        aside = self.path.with_suffix(".tmp")
        aside.write_text(text.replace(old, new))
        aside.rename(self.path)

    def hand(self, address: str, value: float | bool) -> None:
        self.desk.post(address, value, "osc")
        self.turn()


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(tmp_path)


def test_an_edited_value_glides_as_a_change_of_preset_does(studio: Studio) -> None:
    studio.edit("/render/bloom: 0.2", "/render/bloom: 0.6")
    studio.turn()
    assert studio.turn(1.0).number("/render/bloom") == pytest.approx(0.4, abs=0.11)
    assert studio.turn(2.0).number("/render/bloom") == 0.6


def test_what_a_hand_has_moved_stays_unless_the_file_changes_that(studio: Studio) -> None:
    studio.hand("/render/grain", 0.5)
    studio.hand("/audio/gain", -6.0)
    studio.hand("/show/hud", False)
    studio.edit("/render/bloom: 0.2", "/render/bloom: 0.6")
    studio.turn()
    later = studio.turn(5.0)
    assert later.number("/render/grain") == 0.5 and later.number("/audio/gain") == -6.0
    assert not later.switch("/show/hud")
    studio.edit("/render/grain: 0.1", "/render/grain: 0.3")
    studio.turn()
    assert studio.turn(5.0).number("/render/grain") == 0.3


def test_what_an_edit_leaves_alone_is_not_even_told(studio: Studio) -> None:
    told: list[str] = []
    studio.desk.watch(lambda address, _value, _origin: told.append(address))
    studio.edit("/render/bloom: 0.2", "/render/bloom: 0.6")
    studio.turn()
    studio.turn()
    assert set(told) == {"/render/bloom"}


def test_a_value_that_is_taken_out_returns_to_its_default_and_a_switch_to_rest(studio: Studio) -> None:
    studio.edit("  /render/grain: 0.1\n", "")
    studio.edit("  /show/hud: true\n", "")
    studio.turn()
    later = studio.turn(5.0)
    assert later.number("/render/grain") == DEFAULTS["/render/grain"] and not later.switch("/show/hud")
    assert later.number("/audio/gain") == 3.0


def test_edited_modulation_and_passes_are_taken_up(studio: Studio) -> None:
    studio.edit("amount: 0.05", "amount: 0.1")
    studio.edit("description:", "passes: [upscale, grain]\ndescription:")
    studio.turn()
    assert studio.follower.current.passes == ("upscale", "grain") and studio.follower.current.routes[0].amount == 0.1


def test_isf_inputs_follow_by_the_same_rule(studio: Studio) -> None:
    studio.isf.post("/isf/tint/amount", [0.5])
    studio.edit("/render/bloom: 0.2", "/render/bloom: 0.6")
    studio.turn()
    assert studio.isf.get("/isf/tint/amount") == (0.5,)


def test_a_bad_edit_is_said_with_its_file_and_the_mended_one_clears_it(studio: Studio) -> None:
    studio.edit("/render/bloom: 0.2", "/render/bloom: 7")
    studio.turn()
    assert studio.reload.status().problem.startswith("own.yaml:4: /render/bloom takes")
    assert studio.turn().number("/render/bloom") == 0.2 and studio.adopted == []
    studio.edit("/render/bloom: 7", "/render/bloom: 0.3")
    studio.turn()
    assert studio.reload.status().problem == "" and studio.reload.status().refused == 1
    assert studio.turn(5.0).number("/render/bloom") == 0.3


def test_yaml_that_is_none_names_its_line(studio: Studio) -> None:
    studio.edit("modulation:", "modulation: [")
    studio.turn()
    assert "own.yaml" in studio.reload.status().problem and "line" in studio.reload.status().problem


def test_a_pass_that_fails_is_the_followers_to_refuse_and_is_tried_again_once_shaders_are_mended(
    studio: Studio,
) -> None:
    studio.fault = ShaderError("shaders/ember.frag:3: nonsense")
    studio.edit("/render/bloom: 0.2", "/render/bloom: 0.6")
    studio.turn()
    assert studio.follower.refusal is not None and "ember.frag:3" in studio.follower.refusal
    studio.fault = None
    studio.reload.try_again()
    studio.turn()
    assert studio.follower.refusal is None and studio.turn(5.0).number("/render/bloom") == 0.6


def test_an_edit_that_is_taken_back_takes_its_refusal_with_it(studio: Studio) -> None:
    studio.fault = ShaderError("shaders/ember.frag:3: nonsense")
    studio.edit("/render/bloom: 0.2", "/render/bloom: 0.6")
    studio.turn()
    studio.edit("/render/bloom: 0.6", "/render/bloom: 0.2")
    studio.turn()
    assert studio.follower.refusal is None and studio.adopted == []


def test_what_the_show_itself_has_saved_moves_nothing(studio: Studio) -> None:
    studio.hand("/render/grain", 0.5)
    studio.edit("/render/grain: 0.1", "/render/grain: 0.5")
    studio.follower.settle("own", load_preset(str(studio.path)))
    studio.hand("/render/grain", 0.7)
    studio.turn()
    assert studio.turn(5.0).number("/render/grain") == 0.7 and studio.adopted == []


def test_an_earlier_version_that_is_shown_on_purpose_stays(studio: Studio) -> None:
    studio.follower.version = 2
    studio.edit("/render/bloom: 0.2", "/render/bloom: 0.6")
    studio.turn()
    assert studio.turn(5.0).number("/render/bloom") == 0.2


def test_a_file_that_is_away_changes_nothing(studio: Studio) -> None:
    text = studio.path.read_text()
    studio.path.unlink()
    studio.turn()
    assert studio.reload.status().problem == ""
    studio.path.write_text(text.replace("0.2", "0.6"))
    studio.turn()
    assert studio.turn(5.0).number("/render/bloom") == 0.6


def test_the_file_of_another_preset_is_followed_once_that_is_shown(studio: Studio, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(TEXT.replace("0.2", "0.4"))
    studio.follower.ask("other", lambda: Look.of("other", load_preset(str(other))))

    def has_come() -> bool:
        studio.turn(0.001)
        return studio.follower.current.path == other

    assert wait_until(has_come)
    studio.turn(5.0)
    studio.path = other
    studio.edit("/render/bloom: 0.4", "/render/bloom: 0.9")
    studio.turn()
    assert studio.turn(5.0).number("/render/bloom") == 0.9
