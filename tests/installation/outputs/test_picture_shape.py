"""How large the picture is while outputs are changed: another shape comes in the dark."""

from installation.outputs.layout import Layout, Output
from installation.outputs.motion import OutputMotion
from installation.outputs.picture_shape import PictureShape

WALL = Output("wall")
LEFT = Output("wall", part=(0.0, 0.0, 0.5, 1.0))
WIDE = {"wall": (1920, 1080)}
TURN_S = 1 / 30


class Stage:
    """One output, whose window has some size, in a show."""

    def __init__(self) -> None:
        self.motion, self.shape, self.now = OutputMotion(Layout((WALL,))), PictureShape((1920, 1080), 8192), 0.0
        self.shape.stay("wall", (1920, 1080))

    def turn(self, output: Output, known: dict[str, tuple[int, int]]) -> tuple[int, int]:
        self.now += TURN_S
        self.motion.move(Layout((output,)), self.now)
        self.shape.follow(self.motion, known)
        return self.shape.size


def test_another_part_brings_another_shape_when_the_hand_rests_and_all_is_dark() -> None:
    stage = Stage()
    sizes = [(stage.turn(LEFT, WIDE), stage.motion.seen[0].light) for _ in range(60)]
    assert {size for size, _ in sizes} == {(1920, 1080), (3840, 1080)}
    assert next(light for size, light in sizes if size == (3840, 1080)) == 0.0
    assert sizes[-1] == ((3840, 1080), 1.0) and stage.motion.is_at_rest


def test_a_window_that_is_made_larger_is_filled_at_once() -> None:
    stage = Stage()
    assert stage.turn(WALL, {"wall": (1000, 1000)}) == (1000, 1000)
    assert stage.motion.seen[0].light == 1.0


def test_more_pixels_of_the_same_shape_come_at_once() -> None:
    stage = Stage()
    assert stage.turn(WALL, WIDE | {"lobby": (3840, 2160)}) == (1920, 1080), "one that no output names"
    stage.motion.move(Layout((WALL, Output("lobby", 1))), 1.0)
    stage.shape.follow(stage.motion, WIDE | {"lobby": (3840, 2160)})
    assert stage.shape.size == (3840, 2160)


def test_a_hand_that_takes_it_back_leaves_the_light_on() -> None:
    stage = Stage()
    for _ in range(5):
        stage.turn(LEFT, WIDE)
    lights = {(stage.turn(WALL, WIDE), stage.motion.seen[0].light) for _ in range(60)}
    assert lights == {((1920, 1080), 1.0)}
