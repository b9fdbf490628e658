from installation.parameters import DEFAULTS, PARAMETERS
from installation.render.uniforms import LONGEST_STEP_S, ShowTime, feature_uniforms, parameter_uniforms
from installation.values import FEATURE_NAMES, Controls, Features


def test_every_render_parameter_reaches_the_shaders_under_its_own_name() -> None:
    told = parameter_uniforms(Controls({**DEFAULTS, "/render/hue": 30.0, "/render/fit": "fit"}))
    assert told["u_hue"] == 30.0
    assert told["u_fit"] == 1
    assert set(told) == {f"u_{address.removeprefix('/render/')}" for address in PARAMETERS if "/render/" in address}


def test_every_feature_reaches_the_shaders() -> None:
    told = feature_uniforms(Features(bass=0.5, onset=1.0))
    assert set(told) == {f"u_{name}" for name in FEATURE_NAMES}
    assert told["u_bass"] == 0.5


def test_time_stands_still_while_frozen_and_does_not_leap_after_a_stall() -> None:
    time = ShowTime(seed=1)
    time.move(10.0, frozen=False)
    time.move(10.1, frozen=False)
    assert abs(time.elapsed_s - 0.1) < 1e-9
    assert abs(time.move(10.2, frozen=True) - 0.1) < 1e-9
    assert abs(time.elapsed_s - 0.1) < 1e-9
    assert time.move(500.0, frozen=False) == LONGEST_STEP_S


def test_time_does_not_run_backwards() -> None:
    time = ShowTime(seed=1)
    time.move(10.0, frozen=False)
    assert time.move(9.0, frozen=False) == 0.0


def test_chance_is_the_seeds_and_changes_as_often_as_film() -> None:
    def chances(seed: int) -> list[object]:
        time = ShowTime(seed)
        found: list[object] = []
        for tick in range(48):
            time.move(tick / 48, frozen=False)
            found.append(time.uniforms()["u_chance"])
        return found

    assert chances(1) == chances(1)
    assert chances(1) != chances(2)
    assert 20 <= len(set(chances(1))) <= 26
