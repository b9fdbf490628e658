"""A controller on a desk: which map counts, what it is taught, and what it is told, with a disk beside it."""

import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from installation.control.midi.controller import Controller
from installation.control.midi.learning import LIMIT_S
from installation.control.midi.map import MidiMap
from installation.control.midi.store import DeviceMap, MapStore
from installation.control.rejections import RejectionCounter
from installation.desk import Desk
from installation.values import Features
from tests.waiting import wait_until

PRESET = [{"cc": 7, "to": "/audio/gain"}, {"cc": 21, "to": "/latent/drift"}]


class Stage:
    """A show's turns with a controller on its desk."""

    def __init__(self, folder: Path, entries: list[dict[str, Any]], presets: tuple[str, ...] = ()) -> None:
        self.desk, self.now, self.folder = Desk(), 0.0, folder
        self.store = MapStore(folder)
        self.rejections = RejectionCounter("MIDI", logging.getLogger(__name__))
        mapping = MidiMap.parse(entries)
        self.controller = Controller(self.desk, mapping, self.rejections, self.store, lambda: presets)

    def until(self, happened: Callable[[], object]) -> bool:
        def turn() -> object:
            self.goes_on()
            return happened()

        return wait_until(turn)

    def goes_on(self, seconds: float = 0.05) -> None:
        for _ in range(round(seconds / 0.05)):
            self.now += 0.05
            self.controller.poll(self.now)
            self.desk.tick(self.now, Features())

    def plugged(self, device: str = "Desk knobs") -> "Stage":
        """Plug a device in; its maps have been read."""
        self.controller.plug(device)
        assert self.until(lambda: self.controller._has_maps)
        return self

    def turns(self, number: int, *values: int) -> None:
        for value in values:
            message = {"type": "control_change", "channel": 0, "control": number, "value": value}
            assert self.controller.take(message, self.now)

    def sets(self, address: str, value: object) -> None:
        self.desk.post(address, value, "osc")
        self.goes_on(0.1)

    def learns(self, address: str, number: int, *values: int) -> None:
        self.sets("/show/learn", address)
        assert self.controller.learning == address
        self.turns(number, *values)
        self.goes_on(1.0)

    @property
    def listed(self) -> list[tuple[str, str]]:
        return [(binding.words, binding.whose) for binding in self.controller.bindings()]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path / "midi", PRESET, ("gallery", "world"))
    yield stage
    stage.controller.close()


def test_a_control_is_learnt_kept_and_there_again_at_the_next_start(stage: Stage) -> None:
    stage.plugged().learns("/latent/blend", 30, 10, 11, 13)
    assert stage.desk.get("/show/learn") == "" and stage.controller.learning == ""
    assert stage.controller.last_learnt == "learnt: cc 30, channel 1 → /latent/blend"
    stage.turns(30, 127)
    assert stage.desk.get("/latent/blend") == 1.0
    stage.controller.close()

    again = Stage(stage.folder, []).plugged()
    again.turns(30, 127)
    assert again.desk.get("/latent/blend") == 1.0
    again.controller.close()


def test_while_a_control_is_learnt_it_moves_nothing(stage: Stage) -> None:
    stage.plugged().learns("/latent/blend", 7, 100, 101, 102)
    assert stage.desk.get("/audio/gain") == 0.0


def test_what_was_learnt_counts_before_the_presets_map_and_that_before_what_ships(stage: Stage) -> None:
    stage.plugged("LPD8 MIDI 1")
    stage.turns(7, 127)  # of the preset, and of the map that ships, which would pick it up
    stage.turns(8, 64, 100)  # of the map that ships alone
    assert stage.desk.get("/audio/gain") == 24.0
    assert stage.desk.get("/render/brightness") == pytest.approx(2 * 100 / 127)
    stage.learns("/latent/blend", 7, 0, 1, 2)
    stage.turns(7, 127)
    assert stage.desk.get("/latent/blend") == 1.0
    assert ("cc 7, channel 1 → /latent/blend", "learnt") in stage.listed
    assert not [words for words, whose in stage.listed if words.startswith("cc 7") and whose != "learnt"]


def test_a_control_that_is_forgotten_does_what_it_did_before(stage: Stage) -> None:
    stage.plugged().learns("/latent/blend", 7, 0, 1, 2)
    stage.sets("/show/forget", "cc 7, channel 1")
    assert stage.desk.get("/show/forget") == ""
    stage.turns(7, 127)
    assert (stage.desk.get("/audio/gain"), stage.desk.get("/latent/blend")) == (24.0, 0.0)
    stage.sets("/show/forget", "cc 7")
    assert "is nothing that Desk knobs was taught" in stage.rejections.last


def test_another_preset_brings_its_map_and_leaves_what_was_learnt(stage: Stage) -> None:
    stage.plugged().learns("/latent/blend", 30, 0, 1, 2)
    stage.controller.remap(MidiMap.parse([{"cc": 8, "to": "/render/bloom"}]))
    assert stage.listed == [("cc 30, channel 1 → /latent/blend", "learnt"), ("cc 8 → /render/bloom", "preset")]


def test_learning_is_called_off_by_an_empty_address_and_by_time(stage: Stage) -> None:
    stage.plugged().sets("/show/learn", "/latent/blend")
    stage.sets("/show/learn", "")
    assert stage.controller.learning == ""
    stage.sets("/show/learn", "/latent/blend")
    stage.goes_on(LIMIT_S + 1.0)
    assert stage.controller.learning == "" and stage.desk.get("/show/learn") == ""
    assert "nothing moved for 30 s" in stage.rejections.last


@pytest.mark.parametrize("address", ["/audio/gian", "/show/learn"])
def test_what_cannot_be_learnt_is_one_line(stage: Stage, address: str) -> None:
    stage.plugged().sets("/show/learn", address)
    assert stage.desk.get("/show/learn") == "" and stage.rejections.count == 1


def test_a_control_that_cannot_do_it_is_said_and_another_may_be_moved(stage: Stage) -> None:
    stage.plugged().sets("/show/learn", "/latent/blend")
    stage.controller.take({"type": "program_change", "channel": 0, "program": 1}, stage.now)
    stage.goes_on(1.0)
    assert "a program sets /latent/blend" in stage.controller.last_learnt
    stage.turns(9, 1, 2, 3)
    stage.goes_on(1.0)
    assert stage.listed[0] == ("cc 9, channel 1 → /latent/blend", "learnt")


def test_what_was_taught_is_used_even_where_it_cannot_be_kept(tmp_path: Path) -> None:
    (tmp_path / "midi").write_text("a file")
    stage = Stage(tmp_path / "midi", []).plugged()
    stage.learns("/latent/blend", 30, 1, 2, 3)
    stage.turns(30, 127)
    assert stage.desk.get("/latent/blend") == 1.0
    assert wait_until(lambda: "cannot be kept" in stage.rejections.last)
    stage.controller.close()


def test_a_disk_that_hangs_holds_nothing_up_and_loses_nothing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    goes_on = threading.Event()
    monkeypatch.setattr(stage.store, "read", lambda device: DeviceMap(device) if goes_on.wait(10.0) else None)
    stage.controller.plug("Desk knobs")
    stage.turns(7, 127)
    assert stage.desk.get("/audio/gain") == 24.0
    stage.learns("/latent/blend", 30, 1, 2, 3)
    assert stage.controller.learning == "/latent/blend"  # what is kept already is not known yet
    goes_on.set()
    assert stage.until(lambda: not stage.controller.learning)
    assert stage.listed[0][1] == "learnt"


def test_a_program_goes_to_the_preset_of_that_place(stage: Stage) -> None:
    stage.controller.remap(MidiMap.parse([{"program": "any", "to": "/show/preset"}]))
    stage.controller.take({"type": "program_change", "channel": 0, "program": 1}, 0.0)
    assert stage.desk.get("/show/preset") == "world"
    stage.controller.take({"type": "program_change", "channel": 0, "program": 9}, 0.0)
    assert "program 9 is no preset" in stage.rejections.last


def test_half_a_position_waits_for_the_other_half_and_counts_alone_when_that_stays_away(stage: Stage) -> None:
    stage.controller.remap(MidiMap.parse([{"cc": 7, "bits": 14, "to": "/latent/blend"}]))
    stage.turns(7, 64)
    assert stage.desk.get("/latent/blend") == 0.0
    stage.turns(39, 127)
    assert stage.desk.get("/latent/blend") == pytest.approx((64 << 7 | 127) / 16_383)
    stage.turns(7, 0)
    stage.goes_on(0.1)
    assert stage.desk.get("/latent/blend") == 0.0


def test_data_entry_moves_a_named_parameter_that_is_bound_and_a_plain_knob_otherwise(stage: Stage) -> None:
    entries = [{"nrpn": 1200, "bits": 7, "to": "/latent/blend"}, {"cc": 6, "to": "/render/bloom"}]
    stage.controller.remap(MidiMap.parse(entries))
    stage.turns(99, 9)
    stage.turns(98, 48)
    stage.turns(6, 127)
    assert (stage.desk.get("/latent/blend"), stage.desk.get("/render/bloom")) == (1.0, 0.15)
    stage.turns(98, 49)
    stage.turns(6, 127)
    assert stage.desk.get("/render/bloom") == 1.0


def test_the_controller_is_told_when_it_comes_of_changes_and_of_what_it_is_taught(stage: Stage) -> None:
    stage.plugged().controller.connect("Desk lamps")
    assert [0xB0, 7, 91] in stage.controller.messages(stage.now)
    stage.sets("/audio/gain", 24)
    assert stage.controller.messages(stage.now) == [[0xB0, 7, 127]]
    stage.learns("/latent/blend", 30, 50, 51, 52)
    stage.goes_on(1.0)
    assert stage.controller.messages(stage.now) == [[0xB0, 30, 0]]
    stage.controller.connect(None)
    stage.controller.connect("Desk lamps")
    assert len(stage.controller.messages(stage.now + 1.0)) == 3


def test_anything_at_all_may_come_and_nothing_is_raised(stage: Stage) -> None:
    for message in (
        {},
        {"type": "pitchwheel"},
        {"type": "control_change", "control": "7"},
        {"type": "songpos", "pos": 1},
    ):
        assert not stage.controller.take(message, 0.0)
    assert stage.rejections.count == 0


def test_a_control_that_is_moved_at_once_after_the_asking_is_the_one(stage: Stage) -> None:
    stage.plugged()
    stage.desk.post("/show/learn", "/latent/blend", "page")
    stage.desk.tick(stage.now, Features())
    stage.controller.answer(stage.now)  # as the surface does, before it takes what has arrived
    stage.turns(33, 10, 11, 13)
    stage.goes_on(1.0)
    assert ("cc 33, channel 1 → /latent/blend", "learnt") in stage.listed
