"""Whatever is asked for, by sound, by hand or by the world's own painter: three flashes a second reach the wall."""

import moderngl
import pytest

from s2s.world.state import SCENES
from tests.flash_table import Case, cases, measured, painted, played

pytestmark = [pytest.mark.gl, pytest.mark.slow]

NEAR = (("/render/painter", 1.0), ("/scene/nearness", 1.0), ("/scene/nearness_hold", 1.0))


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_no_input_gets_a_fourth_flash_through(context: moderngl.Context, case: Case) -> None:
    row = measured(context, case)
    assert max(row.shown.general, row.shown.red) <= 3.0
    if max(row.asked.general, row.asked.red) > 3.0 and row.status.interventions == 0:
        assert case.name.startswith("numbers")  # text is held back by itself


@pytest.mark.parametrize("name", SCENES)
def test_the_world_flashes_by_itself_no_more_than_may_be_shown(context: moderngl.Context, name: str) -> None:
    asked, _ = played(context, Case(name, painted(name), 4.0, NEAR), limit_flashes=False)
    assert max(asked.general, asked.red) <= 3.0
