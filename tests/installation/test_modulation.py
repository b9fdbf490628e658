import pytest

from installation.modulation import SHORTEST_CROSSING_S, Modulator, Route, crossed
from installation.values import Features

ZOOM = Route("bass", "/render/zoom", 0.4, attack_s=0.0, release_s=1.0)
BLOOM = Route("bass", "/render/bloom", 0.2, attack_s=0.0, release_s=1.0)


def test_amounts_cross_and_what_both_have_stays_one_route() -> None:
    assert crossed([ZOOM], [BLOOM], 0.0) == (ZOOM,) and crossed([ZOOM], [BLOOM], 1.0) == (BLOOM,)
    half = {route.address: route.amount for route in crossed([ZOOM], [ZOOM, BLOOM], 0.5)}
    assert half == {"/render/zoom": pytest.approx(0.4), "/render/bloom": pytest.approx(0.1)}


def test_another_modulation_comes_over_the_time_of_the_change_without_a_jump() -> None:
    modulator, loud = Modulator([ZOOM]), Features(bass=1.0)
    assert modulator.offsets(loud, 0.0) == {"/render/zoom": pytest.approx(0.4)}
    modulator.go_to([BLOOM], 2.0)
    first = modulator.offsets(loud, 0.001)
    assert first["/render/zoom"] == pytest.approx(0.4, abs=1e-3) and first["/render/bloom"] < 1e-3
    half = modulator.offsets(loud, 0.999)
    assert half == {"/render/zoom": pytest.approx(0.2), "/render/bloom": pytest.approx(0.1)}
    assert modulator.offsets(loud, 1.0) == {"/render/bloom": pytest.approx(0.2)}


def test_an_envelope_outlives_a_change_of_its_amount() -> None:
    modulator = Modulator([ZOOM])
    modulator.offsets(Features(bass=1.0), 0.1)
    modulator.go_to([Route("bass", "/render/zoom", 0.8, attack_s=0.0, release_s=1.0)])
    assert modulator.offsets(Features(bass=1.0), SHORTEST_CROSSING_S) == {"/render/zoom": pytest.approx(0.8)}
    assert modulator.offsets(Features(bass=0.0), 0.0) == {"/render/zoom": pytest.approx(0.8)}


def test_another_modulation_without_a_time_still_comes_without_a_jump() -> None:
    modulator, loud = Modulator([ZOOM]), Features(bass=1.0)
    modulator.offsets(loud, 0.1)
    modulator.go_to([])
    assert modulator.offsets(loud, 1 / 60)["/render/zoom"] > 0.35
    assert modulator.offsets(loud, SHORTEST_CROSSING_S) == {}


def test_a_crossing_that_is_turned_ends_when_it_would_have() -> None:
    modulator, loud = Modulator(), Features(bass=1.0)
    modulator.go_to([ZOOM], 2.0)
    modulator.offsets(loud, 1.0)
    modulator.turn([BLOOM])
    modulator.offsets(loud, 0.5)
    assert modulator.offsets(loud, 0.6) == {"/render/bloom": pytest.approx(0.2)}


def test_a_route_from_nowhere_is_refused() -> None:
    with pytest.raises(ValueError, match="a route starts at one of"):
        Modulator([Route("smell", "/render/zoom", 1.0)])
