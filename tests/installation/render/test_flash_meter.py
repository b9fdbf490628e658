"""The meter counts what the criterion says, at its thresholds."""

import numpy as np
import pytest

from installation.render.flash_meter import COLUMNS, ROWS, Count, FlashMeter, Grid, Thresholds

WHITE, RED = (1.0, 1.0, 1.0), (1.0, 0.0, 0.0)


def wall(colour: tuple[float, float, float], ground: float = 0.0, cells: int | None = None) -> Grid:
    """A wall of `ground` with the first `cells` cells of a field in `colour`, by default all of it."""
    grid = np.full((ROWS, COLUMNS, 3), ground, np.float32)
    if cells is None:
        grid[:] = colour
    else:
        places = [(cell // (COLUMNS // 3), cell % (COLUMNS // 3)) for cell in range(cells)]
        for y, x in places:
            grid[y, x] = colour
    return grid


def worst(bright: Grid, dark: Grid, hz: float, *, meter: FlashMeter | None = None, seconds: float = 3.0) -> Count:
    meter = meter or FlashMeter()
    counts = [meter.show(bright if (k / 60.0 * hz) % 1.0 < 0.5 else dark, k / 60.0) for k in range(int(60 * seconds))]
    return Count(max(count.general for count in counts), max(count.red for count in counts))


def test_a_strobe_has_two_transitions_a_flash() -> None:
    assert worst(wall(WHITE), wall((0, 0, 0)), 5.0).general in (10, 11)


def test_what_stands_still_or_fades_once_is_no_flash() -> None:
    meter = FlashMeter()
    for k in range(60):
        assert meter.show(wall(WHITE) * np.float32(k / 60.0), k / 60.0).most <= 1


@pytest.mark.parametrize(("change", "counts"), [(0.11, True), (0.095, False)])
def test_a_change_below_a_tenth_of_the_light_does_not_count(change: float, counts: bool) -> None:
    assert (worst(wall((0.3 + change,) * 3), wall((0.3,) * 3), 5.0).general > 0) is counts


@pytest.mark.parametrize(("dark", "counts"), [(0.75, True), (0.85, False)])
def test_between_two_bright_states_there_is_no_flash(dark: float, counts: bool) -> None:
    assert (worst(wall(WHITE), wall((dark,) * 3), 5.0).general > 0) is counts


@pytest.mark.parametrize(("cells", "counts"), [(36, True), (35, False)])
def test_less_than_a_quarter_of_a_field_does_not_count(cells: int, counts: bool) -> None:
    assert (worst(wall(WHITE, cells=cells), wall(WHITE, cells=0), 5.0).general > 0) is counts


@pytest.mark.parametrize(
    ("bright", "counts"), [((0.2, 0.0, 0.0), True), ((0.2, 0.06, 0.0), False), ((0.06, 0.0, 0.0), False)]
)
def test_red_flashes_are_of_saturated_red_alone(bright: tuple[float, float, float], counts: bool) -> None:
    assert (worst(wall(bright), wall((0, 0, 0)), 5.0).red > 0) is counts


def test_two_places_of_one_field_that_flash_by_turns_are_counted_together() -> None:
    meter, dark = FlashMeter(), wall((0, 0, 0))
    here, there = wall(WHITE, cells=40), np.roll(wall(WHITE, cells=40), 4, axis=0)
    most = 0
    for k in range(40):  # a flash of three pictures every twelve: five a second, each place two and a half
        picture = dark if k % 12 >= 6 else (here, there)[k // 12 % 2]
        most = max(most, meter.show(picture, k / 60.0).general)
    assert most >= 6


def test_asking_what_a_picture_would_do_changes_nothing() -> None:
    meter = FlashMeter()
    meter.show(wall((0, 0, 0)), 0.0)
    assert meter.read(wall(WHITE), 0.1).count.general == 1 == meter.read(wall(WHITE), 0.1).count.general
    assert meter.count.general == 0


def test_careful_thresholds_find_all_that_the_criterion_finds() -> None:
    rng = np.random.default_rng(3)
    exact, careful = FlashMeter(), FlashMeter(Thresholds.careful())
    for k in range(300):
        grid = wall(tuple(rng.random(3)))
        assert exact.show(grid, k / 30.0).general <= careful.show(grid, k / 30.0).general
