"""Whatever is asked for, a meter that is not the limiter's own finds no fourth flash in what is shown."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from installation.render.flash_limiter import FlashLimiter
from installation.render.flash_meter import COLUMNS, ROWS, Grid
from tests.installation.render.flash_counting import Flashes, count

Colour = tuple[float, float, float]
WHITE, RED, BLUE = (1.0, 1.0, 1.0), (1.0, 0.02, 0.02), (0.1, 0.3, 1.0)
WHOLE, PART = (ROWS, COLUMNS), (9, 10)


class Wall:
    """Shows what the limiter lets it, and remembers that."""

    def __init__(self) -> None:
        self.limiter = FlashLimiter()
        self.film: list[Grid] = [np.zeros((ROWS, COLUMNS, 3), np.float32)]
        self.times: list[float] = [-1e-3]
        self.shares: list[float] = []

    def show(self, grid: Grid, now: float) -> None:
        share = self.limiter.share(grid, now)
        self.shares.append(share)
        self.film.append(grid if share == 1.0 else self.film[-1] + np.float32(share) * (grid - self.film[-1]))
        self.times.append(now)

    def flashes(self) -> Flashes:
        return count(np.array(self.film, float), self.times)


def wall(colour: Sequence[float], area: tuple[int, int] = WHOLE, ground: float = 0.03) -> Grid:
    grid = np.full((ROWS, COLUMNS, 3), ground, np.float32)
    grid[: area[0], : area[1]] = colour
    return grid


def play(picture_at: Callable[[float], Grid], seconds: float = 2.5, fps: float = 60.0) -> Wall:
    shown = Wall()
    for k in range(int(seconds * fps)):
        shown.show(picture_at(k / fps), k / fps)
    return shown


@pytest.mark.parametrize(
    ("colour", "area", "hz", "duties"),
    [
        (WHITE, WHOLE, 2.4, (0.2,)),
        (WHITE, PART, 5.0, (0.5,)),
        (WHITE, WHOLE, 9.0, (0.2,)),
        (RED, PART, 3.3, (0.5,)),
        (RED, WHOLE, 30.0, (0.5,)),
        (BLUE, WHOLE, 5.0, (0.2,)),
        *(
            pytest.param(colour, area, hz, (0.1, 0.3, 0.5, 0.9), marks=pytest.mark.slow)
            for colour in (WHITE, RED, BLUE)
            for area in (WHOLE, PART)
            for hz in (1.0, 2.0, 3.0, 3.3, 4.0, 5.0, 7.0, 9.0, 12.0, 17.0, 25.0, 30.0, 43.0, 60.0)
        ),
    ],
)
def test_a_strobe_never_flashes_more_than_three_times_a_second(
    hz: float, colour: Colour, area: tuple[int, int], duties: Sequence[float]
) -> None:
    for duty in duties:
        bright, dark = wall(colour, area), wall((0.03,) * 3)
        shown = play(lambda t, b=bright, d=dark, part=duty: b if (t * hz) % 1.0 < part else d)  # type: ignore[misc]
        flashes = shown.flashes()
        assert max(flashes.general, flashes.red) <= 3.0, duty
        assert hz > 2.4 or set(shown.shares) == {1.0}


def test_the_other_meter_finds_the_strobe_where_nothing_holds_it_back() -> None:
    times = [k / 60.0 for k in range(180)]
    film = np.array([wall(RED if (t * 5.0) % 1.0 < 0.5 else (0, 0, 0)) for t in times], float)
    found = count(film[:, ::3, ::2], times)
    assert found.general >= 5.0 <= found.red


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([30.0, 60.0]))
@example(2264, 60.0)  # a slow fall, which a small threshold meets long before the criterion's own does
def test_no_automation_gets_a_fourth_flash_through(seed: int, fps: float) -> None:
    """Levels, colours and areas that jump, at rates that jump, with stretches of calm: whatever hands could ask for."""
    rng = np.random.default_rng(seed)
    shown, now, grid = Wall(), 0.0, wall((0.0, 0.0, 0.0))
    calm_until = 0.0
    while now < 4.0:
        if now >= calm_until:
            area = (int(rng.integers(6, ROWS + 1)), int(rng.integers(6, COLUMNS + 1)))
            colour = rng.random(3) if rng.random() < 0.5 else (rng.random(), 0.0, 0.0)
            grid = np.roll(wall(tuple(colour), area, float(rng.random() ** 3)), int(rng.integers(0, COLUMNS)), axis=1)
            calm_until = now + float(rng.choice([0.0, 0.02, 0.1, 0.3, 1.2], p=[0.5, 0.2, 0.15, 0.1, 0.05]))
        shown.show(grid, now)
        now += float(rng.choice([1.0, 1.0, 2.0])) / fps
    flashes = shown.flashes()
    assert max(flashes.general, flashes.red) <= 3.0


def test_places_that_take_turns_are_one_flash_after_the_other() -> None:
    here, there, dark = wall(WHITE, PART), np.roll(wall(WHITE, PART), 8, axis=1), wall((0.03,) * 3)
    shown = play(lambda t: (here, dark, there, dark)[int(t * 20.0) % 4])
    assert shown.limiter.status().interventions == 1


def test_slow_fades_cuts_and_a_camera_that_pans_are_left_alone() -> None:
    stripes = 0.35 + 0.3 * np.sin(np.arange(4 * COLUMNS) / 4.0)
    long = np.repeat(stripes[None, :, None], ROWS, axis=0).repeat(3, axis=2).astype(np.float32)
    pan = play(lambda t: long[:, int(t * 12) : int(t * 12) + COLUMNS])
    fade = play(lambda t: wall((0.5 + 0.5 * np.sin(t * 2.0),) * 3))
    cuts = play(lambda t: wall(WHITE if int(t) % 2 else (0.0, 0.2, 0.4)))
    assert {*pan.shares, *fade.shares, *cuts.shares} == {1.0}


def test_it_holds_back_once_says_so_and_lets_go_when_it_is_over() -> None:
    shown = play(lambda t: wall(WHITE if t < 3.0 and (t * 6.0) % 1.0 < 0.5 else (0.1, 0.2, 0.1)), seconds=7.0)
    status = shown.limiter.status()
    assert status.interventions == 1 and not status.holding
    assert 3.0 < status.limited_s < 5.0
    assert status.general <= 3.0 < status.asked
    assert shown.shares[-1] == 1.0
    assert np.array_equal(shown.film[-1], wall((0.1, 0.2, 0.1)))


def test_while_it_holds_the_wall_keeps_to_the_middle_instead_of_standing_still() -> None:
    shown = play(lambda t: wall(WHITE if (t * 8.0) % 1.0 < 0.5 else (0.0, 0.0, 0.0), ground=0.0), seconds=6.0)
    late = np.array(shown.film[-120:])
    assert 0.3 < late.mean() < 0.7
    assert np.ptp(late.mean(axis=(1, 2, 3))) < 0.1


def test_with_text_that_came_or_went_there_is_room_for_less() -> None:
    limiter, allowed = FlashLimiter(), 0
    for k in range(6):
        allowed += limiter.share(wall(WHITE if k % 2 == 0 else (0, 0, 0)), 0.1 * k, others=2) == 1.0
    assert allowed == 4
