import pytest

from installation.control_latency import ControlLatency
from installation.desk import Desk, Post
from installation.values import Features


def post(origin: str, at: float, address: str = "/render/zoom") -> Post:
    return Post(address, 1.2, origin, at)


def test_each_kind_of_surface_waits_until_a_picture_with_its_wish_is_seen() -> None:
    latency = ControlLatency()
    latency.took([post("osc", 10.0), post("page", 10.02, "/show/blackout")])
    latency.drawn()
    latency.presented(10.05)
    told = latency.percentiles()
    assert told["osc"].p50 == pytest.approx(50.0, rel=0.02) and told["page"].p95 == pytest.approx(30.0, rel=0.02)
    assert told["midi"].p50 is None and told["keyboard"].p50 is None


def test_a_picture_that_could_not_be_drawn_answers_nobody() -> None:
    latency = ControlLatency()
    latency.took([post("osc", 10.0)])
    latency.presented(10.03)  # one drawn as before
    latency.took([post("osc", 10.04)])
    latency.drawn()
    latency.presented(10.1)
    latency.presented(10.2)
    assert latency.percentiles()["osc"].p50 == pytest.approx(100.0, rel=0.02)


def test_going_to_a_preset_is_no_matter_of_a_picture() -> None:
    latency = ControlLatency()
    latency.took([post("osc", 10.0, "/show/preset")])
    latency.drawn()
    latency.presented(19.0)
    assert latency.percentiles()["osc"].p95 is None


def test_origins_are_few_however_many_there_are() -> None:
    latency = ControlLatency()
    latency.took([post(f"client {number}", 10.0) for number in range(1_000)])
    latency.drawn()
    latency.presented(10.1)
    assert len(latency.percentiles()) == 16


def test_the_newest_value_is_taken_and_the_hand_has_waited_since_the_first() -> None:
    desk = Desk()
    desk.post("/render/zoom", 1.1, "osc", at=5.0)
    desk.post("/render/zoom", 1.3, "osc", at=5.02)
    desk.post("/render/bloom", 0.1, "osc", at=5.0)
    desk.post("/render/bloom", 0.2, "page", at=5.03)
    desk.tick(6.0, Features())
    assert list(desk.taken) == [Post("/render/zoom", 1.3, "osc", 5.0), Post("/render/bloom", 0.2, "page", 5.03)]
    desk.tick(6.1, Features())
    assert not desk.taken
