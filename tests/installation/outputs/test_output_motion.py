"""Outputs that are changed while people watch: what is moved glides, what turns over goes dark for a moment."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.outputs.layout import UNPINNED, Blend, Corners, Layout, LayoutError, Output, Point, checked
from installation.outputs.motion import FADE_S, OutputMotion, Seen, still

WALL = Output("wall")
TURN_S = 1 / 60
DOOR = (Point(0.1, 0.1), Point(0.3, 0.1), Point(0.2, 0.4))
LAMP = (Point(0.7, 0.1), Point(0.9, 0.1), Point(0.9, 0.3), Point(0.7, 0.3))


class Stage:
    """Outputs in a show whose every turn is looked at."""

    def __init__(self, *outputs: Output) -> None:
        self.now = 100.0
        self.motion = OutputMotion(Layout(outputs))

    def turn(self, *outputs: Output) -> tuple[Seen, ...]:
        """Let a turn pass, in which these are wanted; return what is seen."""
        self.now += TURN_S
        self.motion.move(Layout(outputs), self.now)
        return self.motion.seen

    def watch(self, *outputs: Output, seconds: float) -> list[Seen]:
        """Return what is seen of the first output, turn by turn."""
        return [self.turn(*outputs)[0] for _ in range(round(seconds / TURN_S))]


def with_corner(x: float, y: float) -> Output:
    return replace(WALL, corners=(Point(x, y), *UNPINNED[1:]))


def steps(seen: list[Seen], read: Callable[[Seen], float]) -> list[float]:
    return [abs(read(two) - read(one)) for one, two in pairwise(seen)]


def corner_of(seen: Seen) -> float:
    return seen.output.corners[0].x


def test_at_rest_everything_is_as_the_file_says_and_stays_the_same_object() -> None:
    stage = Stage(WALL)
    (first,) = stage.turn(WALL)
    assert first == still(WALL) and stage.turn(WALL)[0] is first and stage.motion.is_at_rest


def test_a_corner_follows_the_hand_closely_and_does_not_jump() -> None:
    stage = Stage(WALL)
    seen = stage.watch(with_corner(0.2, 0.1), seconds=1.0)
    assert max(steps([still(WALL), *seen], corner_of)) < 0.2 * 0.2
    assert corner_of(seen[round(0.15 / TURN_S)]) > 0.2 * 0.6, "after 0.15 s most of the way is done"
    assert seen[-1] == still(with_corner(0.2, 0.1)) and stage.motion.is_at_rest
    assert {one.light for one in seen} == {1.0}


@pytest.mark.parametrize(
    ("fields", "read"),
    [
        ({"blend": Blend(left=0.3)}, lambda seen: seen.output.blend.left),
        ({"blend": Blend(gamma=4.0)}, lambda seen: seen.output.blend.gamma / 4),
        ({"part": (0.0, 0.0, 0.5, 1.0)}, lambda seen: seen.output.part[2]),
        ({"part": (0.0, 0.0, 0.5, 1.0)}, lambda seen: seen.fit.cover),
        ({"fit": "contain"}, lambda seen: seen.fit.cover),
        ({"fit": "contain"}, lambda seen: seen.fit.contain),
        ({"masks": (DOOR,)}, lambda seen: sum(mask.share for mask in seen.masks)),
        ({"flip": "horizontal"}, lambda seen: seen.light),
        ({"rotate": 90}, lambda seen: seen.light),
        ({"monitor": 1}, lambda seen: seen.light),
    ],
)
def test_no_change_of_an_output_jumps(fields: dict[str, Any], read: Callable[[Seen], float]) -> None:
    stage = Stage(WALL)
    seen = stage.watch(replace(WALL, **fields), seconds=1.5)
    moved = steps([still(WALL), *seen], read)
    assert 0.0 < max(moved) < 0.2
    assert seen[-1] == still(replace(WALL, **fields)) and stage.motion.is_at_rest


@pytest.mark.parametrize("fields", [{"flip": "both"}, {"rotate": 180}, {"monitor": "DP-2"}])
def test_what_turns_over_does_so_in_the_dark(fields: dict[str, Any]) -> None:
    stage = Stage(WALL)
    new = replace(WALL, **fields)
    seen = stage.watch(new, seconds=1.0)
    turned = next(number for number, one in enumerate(seen) if one.output == new)
    assert seen[turned].light == 0.0
    assert turned == pytest.approx(FADE_S / TURN_S, abs=2)
    assert all(one.output == WALL for one in seen[:turned])


def test_one_who_plays_with_the_flip_makes_no_more_than_three_flashes_a_second() -> None:
    stage, lights = Stage(WALL), list[float]()
    for number in range(600):
        lights.append(stage.turn(replace(WALL, flip="both" if number % 7 < 3 else "none"))[0].light)
    falls = sum(b < a and before <= a for before, a, b in zip(lights, lights[1:], lights[2:], strict=False))
    assert falls <= 3 * 600 * TURN_S


def test_corners_that_would_fold_on_their_way_go_there_in_the_dark() -> None:
    upside_down: Corners = (Point(1, 1), Point(0, 1), Point(0, 0), Point(1, 0))
    stage = Stage(WALL)
    seen = stage.watch(replace(WALL, corners=upside_down), seconds=1.0)
    assert {one.output.corners for one in seen} == {UNPINNED, upside_down}
    assert min(one.light for one in seen) == 0.0 and seen[-1].light == 1.0


near = st.floats(-0.5, 0.5)
quads = st.tuples(
    *(st.builds(lambda dx, dy, x=p.x, y=p.y: Point(x + dx, y + dy), near, near) for p in UNPINNED),
)


@given(wanted=st.lists(quads, min_size=1, max_size=3), turns=st.integers(1, 30))
def test_whatever_is_seen_can_be_looked_through(wanted: list[Corners], turns: int) -> None:
    stage = Stage(WALL)
    for corners in wanted:
        try:
            layout = checked(Layout((replace(WALL, corners=corners),)))
        except LayoutError:
            continue
        for _ in range(turns):
            checked(Layout((stage.turn(*layout.outputs)[0].output,)))


def test_a_mask_that_is_dragged_glides_and_one_that_comes_or_goes_fades() -> None:
    stage = Stage(replace(WALL, masks=(DOOR,)))
    moved = (Point(0.2, 0.1), *DOOR[1:])
    seen = stage.watch(replace(WALL, masks=(moved,)), seconds=1.0)
    assert max(steps(seen, lambda one: one.masks[0].points[0].x)) < 0.02
    seen = stage.watch(replace(WALL, masks=(moved, LAMP)), seconds=1.0)
    assert seen[0].masks[0].share == 1.0 and 0.0 < seen[0].masks[1].share < 0.2
    seen = stage.watch(replace(WALL, masks=(LAMP,)), seconds=1.0)
    assert {mask.points for one in seen for mask in one.masks} == {moved, LAMP}, "the lamp's does not slide to the door"
    assert seen[-1] == still(replace(WALL, masks=(LAMP,)))


def test_a_mask_of_more_points_covers_before_the_one_of_before_goes() -> None:
    stage = Stage(replace(WALL, masks=(DOOR,)))
    more = (*DOOR, Point(0.1, 0.3))
    for one in stage.watch(replace(WALL, masks=(more,)), seconds=1.0):
        assert max(mask.share for mask in one.masks) == 1.0, "the lamp stays dark all the while"


def test_a_flood_of_masks_stays_bounded() -> None:
    stage = Stage(WALL)
    for number in range(300):
        stage.turn(replace(WALL, masks=(DOOR if number % 2 else LAMP,) * (1 + number % 16)))
    assert len(stage.motion.seen[0].masks) <= 48


def test_a_delay_creeps_a_frame_at_a_time() -> None:
    stage = Stage(WALL)
    delays = [one.output.delay_frames for one in stage.watch(replace(WALL, delay_frames=5), seconds=1.0)]
    assert max(b - a for a, b in pairwise(delays)) == 1 and delays[-1] == 5 and delays[5] == 0


def test_an_output_that_is_added_fades_in_and_one_that_is_taken_away_fades_out() -> None:
    lobby = Output("lobby", 1)
    stage = Stage(WALL)
    stage.turn(WALL)
    _, new = stage.turn(WALL, lobby)
    assert 0.0 < new.light < 0.2
    for _ in range(60):
        stage.turn(WALL, lobby)
    lights = [[one.light for one in stage.turn(WALL) if one.output.name == "lobby"] for _ in range(30)]
    assert lights[0][0] > 0.8 and lights[-1] == [] and stage.motion.is_at_rest


def test_an_output_that_is_taken_away_and_brought_back_is_there_once() -> None:
    lobby = Output("lobby", 1)
    stage = Stage(WALL, lobby)
    for _ in range(5):
        stage.turn(WALL)
    assert [one.output.name for one in stage.turn(WALL, lobby)] == ["wall", "lobby"]
    for _ in range(60):
        stage.turn(WALL, lobby)
    assert stage.motion.seen == (still(WALL), still(lobby))


def test_a_new_name_is_no_new_output() -> None:
    stage = Stage(WALL)
    (seen,) = stage.turn(replace(WALL, name="front"))
    assert seen == still(replace(WALL, name="front"))


def test_a_picture_of_another_shape_waits_until_the_hand_rests_and_every_output_is_dark() -> None:
    outputs = WALL, Output("lobby", 1)
    stage = Stage(*outputs)
    shapes, lights = list[bool](), list[list[float]]()
    for number in range(120):
        dragged = replace(WALL, part=(0.0, 0.0, 0.5 + 0.01 * min(number, 20), 1.0))
        seen = stage.turn(dragged, outputs[1])
        shapes.append(stage.motion.reframe(wanted=True not in shapes) and True not in shapes)
        lights.append([one.light for one in seen])
    reframed = shapes.index(True)
    assert lights[reframed] == [0.0, 0.0] and lights[-1] == [1.0, 1.0]
    assert all(light == [1.0, 1.0] for light in lights[: 20 + round(0.3 / TURN_S)]), "the hand sees what it drags"
    assert stage.motion.is_at_rest


def test_a_monitor_that_has_come_lights_up() -> None:
    stage = Stage(WALL)
    stage.turn(WALL)
    stage.motion.come("wall")
    lights = [one.light for one in stage.watch(WALL, seconds=0.5)]
    assert lights[0] < 0.2 and lights == sorted(lights) and lights[-1] == 1.0


def test_a_long_pause_makes_no_jump_of_what_it_began() -> None:
    stage = Stage(WALL)
    stage.now += 30.0
    (seen,) = stage.turn(with_corner(0.4, 0.4))
    assert corner_of(seen) < 0.3
