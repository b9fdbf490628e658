import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installation.parameters import DEEDS, DEFAULTS, PARAMETERS
from installation.presets.blend import Blend
from installation.presets.naming import preset_names
from installation.presets.preset import preset_values
from installation.presets.reading import load_preset

PRESETS = {name: load_preset(name) for name in preset_names()}
NAMES = st.sampled_from(sorted(PRESETS))


@settings(max_examples=60, deadline=None)
@given(a=NAMES, b=NAMES, position=st.floats(0, 1))
def test_the_ends_are_the_presets_and_everything_between_can_be_shown(a: str, b: str, position: float) -> None:
    blend = Blend.of(PRESETS[a], PRESETS[b], DEFAULTS)
    for end, name in ((0.0, a), (1.0, b)):
        values = blend.values(end)
        assert {address: values[address] for address in preset_values(PRESETS[name])} == preset_values(PRESETS[name])
        assert set(blend.routes(end)) == set(PRESETS[name].routes)
    for address, value in blend.values(position).items():
        assert PARAMETERS[address].check(value) == value and address not in DEEDS


def test_what_one_preset_alone_names_goes_to_where_it_stood() -> None:
    blend = Blend.of(PRESETS["gallery"], PRESETS["performance"], {**DEFAULTS, "/show/morph": 5.0})
    assert "/show/morph" not in PRESETS["gallery"].parameters
    assert [blend.values(position)["/show/morph"] for position in (0.0, 0.5, 1.0)] == pytest.approx([5.0, 3.0, 1.0])


def test_passes_image_and_controller_are_those_of_the_nearer() -> None:
    blend = Blend.of(PRESETS["gallery"], PRESETS["rehearsal"], DEFAULTS)
    assert blend.preset(0.49).passes == PRESETS["gallery"].passes
    assert blend.preset(0.5).passes == PRESETS["rehearsal"].passes and blend.preset(0.5).name == "Rehearsal"
