"""What the show does about what it hears: the same whenever the encoder looks."""

import numpy as np
import pytest

from installation.inference.deciding import DRIFT_SLOWNESS, KNOWN_AFTER_S, UNKNOWN_AFTER_S, Aim, Decider, Evidence
from installation.inference.idle import IDLE_AFTER_S
from installation.inference.memories import RECALL_EVERY_S
from installation.inference.scene import Scene
from installation.values import Doing

LOUD_DB, SILENT_DB, GATE_DB = -20.0, -80.0, -60.0
A, B = (Scene(np.eye(4, dtype=np.float32)[axis]) for axis in range(2))


class Room:
    """Lets time pass hop by hop; `aims` are those that were changed, with their time."""

    def __init__(self, hop_s: float = 0.25, *, least_certainty: float = 0.35) -> None:
        self.decider, self.now, self.hop_s, self.least_certainty = Decider(0), 0.0, hop_s, least_certainty
        self.aims: list[tuple[float, Aim]] = []
        self.doings: list[tuple[float, Doing]] = []

    def hear(self, duration_s: float, certainty: float | None, *, scene: Scene = A, level_db: float = LOUD_DB) -> Doing:
        for _ in range(round(duration_s / self.hop_s)):
            evidence = Evidence(level_db, GATE_DB, certainty, self.least_certainty)
            aim = self.decider.next_aim(self.now, evidence, scene)
            if aim is not None:
                self.aims.append((self.now, aim))
            if not self.doings or self.doings[-1][1] is not self.decider.doing:
                self.doings.append((self.now, self.decider.doing))
            self.now += self.hop_s
        return self.decider.doing


def test_what_is_certain_is_painted_at_once() -> None:
    room = Room()
    assert room.hear(0.25, 0.9) is Doing.PAINTING
    assert [aim.scene for _, aim in room.aims] == [A]


def test_a_show_that_begins_with_something_unknown_drifts_at_once_and_aims_at_nothing() -> None:
    room = Room()
    assert room.hear(30.0, 0.1) is Doing.DRIFTING
    assert room.doings == [(0.0, Doing.DRIFTING)] and room.aims == []


@pytest.mark.parametrize("hop_s", [0.05, 0.25])
def test_doubt_becomes_drifting_and_certainty_painting_after_their_seconds(hop_s: float) -> None:
    room = Room(hop_s)
    room.hear(5.0, 0.9)
    room.hear(5.0, 0.1)
    room.hear(5.0, 0.9)
    (_, painting), (doubted, drifting), (known, again) = room.doings
    assert (painting, drifting, again) == (Doing.PAINTING, Doing.DRIFTING, Doing.PAINTING)
    assert doubted == pytest.approx(5.0 + UNKNOWN_AFTER_S, abs=1.01 * hop_s)
    assert known == pytest.approx(10.0 + KNOWN_AFTER_S, abs=1.01 * hop_s)


def test_a_short_doubt_changes_neither_what_the_show_does_nor_where_it_goes() -> None:
    room = Room()
    room.hear(5.0, 0.9)
    before = len(room.aims)
    assert room.hear(UNKNOWN_AFTER_S - 0.5, 0.1, scene=B) is Doing.PAINTING
    assert len(room.aims) == before
    room.hear(1.0, 0.9)
    assert all(aim.scene is A for _, aim in room.aims)


def test_while_it_drifts_it_stays_and_then_goes_slowly_among_what_it_painted() -> None:
    room = Room()
    room.hear(6.0, 0.9)
    drifts_from = room.now + UNKNOWN_AFTER_S
    painted = len(room.aims)
    room.hear(60.0, 0.1, scene=B)
    drifted = room.aims[painted:]
    assert [when - drifts_from for when, _ in drifted] == [RECALL_EVERY_S * turn for turn in range(1, 5)]
    assert all(aim.scene is A and aim.slowness == DRIFT_SLOWNESS for _, aim in drifted)


def test_a_silent_room_remembers_whatever_the_model_thinks_of_silence() -> None:
    room = Room()
    room.hear(20.0, 0.9)
    painted = len(room.aims)
    room.hear(IDLE_AFTER_S - 0.25, 0.9, level_db=SILENT_DB)
    assert room.decider.doing is Doing.PAINTING and not room.decider.idle
    assert room.hear(30.0, 0.99, scene=B, level_db=SILENT_DB) is Doing.REMEMBERING and room.decider.idle
    idle = [aim for when, aim in room.aims[painted:] if when >= 20.0 + IDLE_AFTER_S]
    assert len(idle) >= 2 and all(aim.scene is A and aim.slowness == 1.0 for aim in idle)


def test_after_silence_doubt_begins_anew() -> None:
    room = Room()
    room.hear(5.0, 0.9)
    room.hear(20.0, 0.1, level_db=SILENT_DB)
    assert room.hear(UNKNOWN_AFTER_S - 0.25, 0.1) is Doing.PAINTING
    assert room.hear(0.5, 0.1) is Doing.DRIFTING


def test_what_was_heard_in_doubt_is_never_remembered() -> None:
    room = Room()
    room.hear(20.0, 0.9)
    room.hear(20.0, 0.1, scene=B)
    room.hear(120.0, 0.1, scene=B, level_db=SILENT_DB)
    assert all(aim.scene is A for _, aim in room.aims)


@pytest.mark.parametrize(("certainty", "least"), [(None, 0.35), (None, 1.0), (0.0, 0.0)])
def test_a_model_that_cannot_say_and_a_threshold_of_0_never_drift(certainty: float | None, least: float) -> None:
    room = Room(least_certainty=least)
    assert room.hear(10.0, certainty) is Doing.PAINTING
    assert len(room.aims) == 40
