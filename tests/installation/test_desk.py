import threading

import pytest

from installation.desk import Desk
from installation.modulation import Route
from installation.parameter import ParameterError
from installation.parameters import DEFAULTS
from installation.values import Features, ParameterValue

SILENT = Features()


def run(desk: Desk, start: float, duration_s: float, fps: float, features: Features = SILENT) -> float:
    """Tick for `duration_s` from `start`; return the last zoom."""
    steps = round(duration_s * fps)
    return [desk.tick(start + i / fps, features).number("/render/zoom") for i in range(1, steps + 1)][-1]


def test_the_first_tick_gives_what_was_set_without_gliding() -> None:
    assert Desk({"/audio/gain": -12.0}).tick(0.0, SILENT).number("/audio/gain") == -12.0


def test_an_update_counts_from_the_next_tick_and_ends_exactly() -> None:
    desk = Desk()
    desk.tick(0.0, SILENT)
    desk.post("/latent/blend", 1.0, "osc")
    assert desk.get("/latent/blend") == 1.0
    halfway = desk.tick(0.02, SILENT).number("/latent/blend")
    assert 0.0 < halfway < 1.0
    assert desk.tick(2.0, SILENT).number("/latent/blend") == 1.0


def test_a_glide_does_not_depend_on_the_frame_rate() -> None:
    values = []
    for fps in (30.0, 144.0):
        desk = Desk()
        desk.tick(0.0, SILENT)
        desk.post("/render/zoom", 2.0, "midi")
        values.append(run(desk, 0.0, 0.1, fps if fps == 30.0 else 140.0))
    assert values[0] == pytest.approx(values[1], abs=1e-6)


def test_only_the_newest_of_many_updates_is_told() -> None:
    desk, told = Desk(), []
    desk.watch(lambda address, value, origin: told.append((address, value, origin)))
    for position in range(128):
        desk.post_unit("/audio/gain", position / 127, "midi")
    desk.tick(0.0, SILENT)
    assert told == [("/audio/gain", 24.0, "midi")]


def test_setting_the_same_value_again_is_no_change() -> None:
    desk, told = Desk(), []
    desk.watch(lambda *change: told.append(change))
    desk.post("/audio/gain", DEFAULTS["/audio/gain"], "osc")
    desk.tick(0.0, SILENT)
    assert told == []


def test_updates_from_many_threads_all_arrive() -> None:
    desk = Desk()
    addresses = ["/render/grain", "/render/bloom", "/render/zoom", "/latent/drift"]

    def post_often(address: str) -> None:
        for _ in range(200):
            desk.post(address, 1.0, "osc")

    threads = [threading.Thread(target=post_often, args=(address,)) for address in addresses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    controls = desk.tick(0.0, SILENT)
    assert [controls.number(address) for address in addresses] == [1.0] * 4


def test_a_morph_takes_its_time_and_ends_exactly() -> None:
    desk = Desk()
    desk.tick(0.0, SILENT)
    desk.morph({"/render/zoom": 2.0, "/show/hud": True, "/latent/drift": 1.0}, 4.0)
    start = desk.tick(0.0, SILENT)
    assert start.number("/render/zoom") == 1.0 and start.switch("/show/hud")
    assert desk.tick(2.0, SILENT).number("/render/zoom") == pytest.approx(1.5)
    end = desk.tick(4.0, SILENT)
    assert end.number("/render/zoom") == 2.0 and end.number("/latent/drift") == 1.0


def test_a_hand_on_a_fader_takes_it_out_of_a_morph() -> None:
    desk = Desk()
    desk.tick(0.0, SILENT)
    desk.morph({"/render/zoom": 2.0}, 4.0)
    desk.tick(1.0, SILENT)
    desk.post("/render/zoom", 1.0, "midi")
    assert run(desk, 1.0, 2.0, 30.0) == 1.0


def test_modulation_adds_to_the_picture_but_not_to_what_was_set() -> None:
    desk = Desk(routes=[Route("bass", "/render/zoom", 0.5, attack_s=0.0, release_s=0.1)])
    assert desk.tick(0.0, Features(bass=1.0)).number("/render/zoom") == pytest.approx(1.5)
    assert desk.get("/render/zoom") == 1.0
    released = desk.tick(0.1, SILENT).number("/render/zoom")
    assert 1.0 < released < 1.25


def test_modulation_never_leaves_the_range() -> None:
    desk = Desk(routes=[Route("bass", "/render/zoom", 50.0, attack_s=0.0)])
    assert desk.tick(0.0, Features(bass=1.0)).number("/render/zoom") == 2.0


def test_a_fader_reaches_the_ends_of_every_number_and_flips_every_switch() -> None:
    desk = Desk()
    desk.post_unit("/audio/gain", 0.0, "midi")
    desk.post_unit("/latent/hold", 0.7, "midi")
    controls = desk.tick(0.0, SILENT)
    assert controls.number("/audio/gain") == -60.0 and controls.switch("/latent/hold")
    with pytest.raises(ParameterError, match="a fader cannot reach it"):
        desk.post_unit("/render/fit", 0.5, "midi")


def test_a_fader_that_overshoots_reaches_its_end() -> None:
    desk = Desk()
    desk.post("/audio/gain", 60.0, "osc")
    assert desk.get("/audio/gain") == 24.0


@pytest.mark.parametrize(
    ("address", "value", "words"),
    [
        ("/audio/gian", 0.0, "did you mean '/audio/gain'"),
        ("/audio/gain", float("nan"), "-60..24 dB"),
        ("/audio/gain", "loud", "-60..24 dB"),
        ("/latent/hold", "maybe", "true or false"),
        ("/render/fit", "stretch", "crop | fit"),
    ],
)
def test_a_bad_update_is_refused_in_one_line(address: str, value: ParameterValue, words: str) -> None:
    with pytest.raises(ParameterError) as refusal:
        Desk().post(address, value, "osc")
    assert words in str(refusal.value) and "\n" not in str(refusal.value)


@pytest.mark.parametrize(("easing", "halfway"), [("smooth", 1.5), ("linear", 1.5), ("late", 1.25), ("early", 1.75)])
def test_a_morph_moves_along_the_easing_that_was_chosen_before_it(easing: str, halfway: float) -> None:
    desk = Desk({"/show/easing": easing})
    desk.tick(0.0, SILENT)
    desk.morph({"/render/zoom": 2.0, "/show/easing": "linear"}, 4.0)
    desk.tick(0.0, SILENT)
    assert desk.tick(2.0, SILENT).number("/render/zoom") == pytest.approx(halfway)
    assert desk.tick(4.0, SILENT).number("/render/zoom") == 2.0


def test_what_a_fader_aims_at_during_a_morph_is_reached_when_the_morph_ends_and_without_a_jump() -> None:
    desk = Desk({"/show/easing": "linear"})
    desk.tick(0.0, SILENT)
    desk.morph({"/render/zoom": 2.0}, 4.0)
    desk.tick(0.0, SILENT)
    before = desk.tick(2.0, SILENT).number("/render/zoom")
    desk.aim({"/render/zoom": 1.2}, [Route("bass", "/render/zoom", 0.1)])
    assert desk.tick(2.01, SILENT).number("/render/zoom") == pytest.approx(before, abs=0.01)
    assert desk.tick(4.01, SILENT).number("/render/zoom") == 1.2


def test_how_everything_stands_is_halfway_in_a_morph_and_without_modulation() -> None:
    desk = Desk(routes=[Route("bass", "/render/grain", 0.5, attack_s=0.0)])
    desk.tick(0.0, SILENT)
    desk.morph({"/render/zoom": 2.0, "/latent/hold": True}, 4.0)
    desk.tick(0.0, SILENT)
    desk.tick(2.0, Features(bass=1.0))
    stands = desk.stands()
    assert stands["/render/zoom"] == pytest.approx(1.5) and stands["/latent/hold"] is True
    assert stands["/render/grain"] == DEFAULTS["/render/grain"] and stands.keys() == DEFAULTS.keys()
