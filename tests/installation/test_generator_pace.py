"""The generator gives way before the display does, and comes back when there is time to spare."""

from installation.generator_pace import RATES_FPS, GeneratorPace

CADENCE_FPS = 30.0
USUAL_MS, LATE_MS = 1e3 / CADENCE_FPS, 66.0


class Display:
    """A display that shows on time, but for one picture in `late_every`."""

    def __init__(self, cadence_fps: float = CADENCE_FPS) -> None:
        self.pace, self.now, self._cadence_fps = GeneratorPace(cadence_fps), 0.0, cadence_fps

    def play(self, duration_s: float, *, late_every: int = 0, scale: float = 0.5) -> float:
        for number in range(round(duration_s * self._cadence_fps)):
            late = late_every > 0 and number % late_every == 0
            self.now += 1 / self._cadence_fps
            self.pace.presented(self.now, LATE_MS if late else 1e3 / self._cadence_fps, scale)
        return self.pace.fps


def test_a_steady_display_lets_the_generator_paint_its_most() -> None:
    display = Display()
    assert display.play(60.0) == RATES_FPS[0]
    assert not display.pace.gives_way


def test_the_generator_is_never_faster_than_the_display() -> None:
    assert Display(15.0).play(5.0) == 14.0
    assert Display(8.0).play(5.0) == 8.0


def test_one_late_picture_now_and_then_changes_nothing() -> None:
    assert Display().play(60.0, late_every=30) == RATES_FPS[0]


def test_a_display_that_stutters_makes_the_generator_give_way_step_by_step_and_not_below_its_least() -> None:
    display = Display()
    assert display.play(2.5, late_every=5) == RATES_FPS[1]
    assert display.play(30.0, late_every=5) == RATES_FPS[-1]
    assert display.pace.gives_way


def test_a_picture_that_is_drawn_too_soft_makes_it_give_way_too() -> None:
    assert Display().play(30.0, scale=0.4) == RATES_FPS[-1]


def test_it_gives_way_as_well_before_a_picture_that_takes_too_long_is_drawn_softer() -> None:
    pace = GeneratorPace(CADENCE_FPS)
    for turn in range(round(30 * CADENCE_FPS)):
        assert pace.may_give_way is (pace.fps > RATES_FPS[-1])
        pace.presented(turn / CADENCE_FPS, USUAL_MS, 0.5, is_short=pace.may_give_way)
    assert pace.fps == RATES_FPS[-1]


def test_it_comes_back_when_the_display_has_kept_its_pace_for_a_while() -> None:
    display = Display()
    display.play(30.0, late_every=5)
    assert display.play(8.0) == RATES_FPS[-1]
    assert display.play(120.0) == RATES_FPS[0]


def test_a_machine_at_the_edge_swings_more_and_more_rarely() -> None:
    display, changes, before = Display(), 0, RATES_FPS[0]
    display.play(30.0, late_every=5)
    for _ in range(1200):  # twenty minutes in which it stutters as soon as more than the least is painted
        fps = display.play(1.0, late_every=5 if display.pace.fps > RATES_FPS[-1] else 0)
        changes += fps != before
        before = fps
    assert changes <= 16
