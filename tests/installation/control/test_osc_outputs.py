"""The outputs over OSC and in what OSCQuery tells."""

import socket
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

import pytest

from installation.control.osc.control import OscControl
from installation.control.osc.messages import ControlMessage, read_message, write_message
from installation.control.osc.outputs import OutputCommands
from installation.control.oscquery.outputs import outputs_tree
from installation.control.oscquery.service import OscQuery
from installation.desk import Desk
from installation.outputs.layout import Layout, LayoutError, Output, Point
from installation.outputs.store import LayoutStore
from tests.oscquery_walker import Walker
from tests.waiting import wait_until


class Stage:
    """Outputs that messages move."""

    def __init__(self) -> None:
        self.store = LayoutStore(Path("outputs.yaml"), Layout((Output("wall"), Output("balcony", "HDMI-2"))))
        self._commands = OutputCommands(self.store)

    def say(self, address: str, *arguments: object) -> list[tuple[str, tuple[object, ...]]]:
        return list(self._commands.do(ControlMessage(address, arguments, is_empty=not arguments)))

    def output(self, name: str = "wall") -> Output:
        return self.store.get().output(name)


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_a_corner_is_moved_and_asked_for(stage: Stage) -> None:
    assert stage.say("/output/wall/corner/2", 0.9, 0.1) == []
    assert stage.output().corners[1] == Point(0.9, 0.1)
    assert stage.say("/output/wall/corner/2") == [("/output/wall/corner/2", (0.9, 0.1))]


def test_all_else_that_an_output_has_is_set_from_numbers_and_words(stage: Stage) -> None:
    stage.say("/output/wall/part", 0, 0, 0.5, 1)
    stage.say("/output/wall/rotate", 90.0)  # as faders send it
    stage.say("/output/wall/fit", "contain")
    stage.say("/output/wall/flip", "both")
    stage.say("/output/wall/blend/right", 0.1)
    stage.say("/output/wall/blend/gamma", 1.8)
    stage.say("/output/wall/delay", 3.0)
    stage.say("/output/wall/monitor", "DP-1")
    stage.say("/output/wall/mask/1", 0, 0, 0.5, 0, 0, 0.5)
    wall = stage.output()
    assert (wall.part, wall.rotate, wall.flip, wall.delay_frames) == ((0, 0, 0.5, 1), 90, "both", 3)
    assert (wall.blend.right, wall.blend.gamma, wall.monitor) == (0.1, 1.8, "DP-1")
    assert wall.masks == ((Point(0, 0), Point(0.5, 0), Point(0, 0.5)),)
    assert stage.say("/output/wall/mask/1") == [("/output/wall/mask/1", (0, 0, 0.5, 0, 0, 0.5))]
    stage.say("/output/wall/mask/1", None)
    assert stage.output().masks == ()
    stage.say("/output/wall/reset")
    assert stage.output() == Output("wall", "DP-1")


def test_a_pattern_means_the_outputs_that_there_are_and_never_a_reset(stage: Stage) -> None:
    stage.say("/output/*/corner/1", 0.1, 0.1)
    assert stage.output().corners[0] == stage.output("balcony").corners[0] == Point(0.1, 0.1)
    asked = dict(stage.say("/output/wall/*"))
    assert asked["/output/wall/flip"] == ("none",) and "/output/wall/reset" not in asked
    stage.say("/output/*/{rotate,reset}", 180)
    assert stage.output().rotate == 180 and stage.output().corners[0] == Point(0.1, 0.1)


@pytest.mark.parametrize(
    ("address", "arguments", "words"),
    [
        ("/output/wall/corner/2", (0.9,), "takes x y of the top right corner, got"),
        ("/output/wall/corner/2", ("a", "b"), "corners.1.0"),
        ("/output/wall/corner/2", (float("nan"), 0.0), "corners.1.0"),
        ("/output/wall/corner/1", (1.0, 1.0), "bulge outwards"),
        ("/output/wall/corner/5", (0.0, 0.0), "did you mean '/output/wall/corner"),
        ("/output/roof/flip", ("both",), "there is no /output/roof/flip"),
        ("/output/wall/mask/1", (0.0, 0.0, 0.5), "x y of 3 to 32 points"),
        ("/output/wall/mask/2", (0.0,) * 6, "there is no"),
        ("/output/wall/delay", (True,), "delay_frames"),
        ("/output/wall/delay", (99,), "delay_frames"),
        ("/output/wall/rotate", (45,), "rotate"),
        ("/output/*/corner/1", (1.0, 1.0), "bulge outwards"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    stage: Stage, address: str, arguments: tuple[object, ...], words: str
) -> None:
    with pytest.raises(LayoutError) as refused:
        stage.say(address, *arguments)
    assert words in str(refused.value) and str(refused.value).isprintable()
    assert stage.store.get().outputs == (Output("wall"), Output("balcony", "HDMI-2"))


def test_oscquery_tells_what_there_is_to_move(stage: Stage) -> None:
    stage.say("/output/wall/mask/1", 0, 0, 0.5, 0, 0, 0.5)
    layout = stage.store.get()
    corner = outputs_tree("/output/wall/corner/3", layout)
    assert corner is not None and (corner["TYPE"], corner["VALUE"]) == ("ff", [1.0, 1.0])
    assert corner["RANGE"] == [{"MIN": -0.5, "MAX": 1.5}] * 2
    root = outputs_tree("/output", layout)
    assert root is not None and isinstance(root["CONTENTS"], dict) and list(root["CONTENTS"]) == ["wall", "balcony"]
    flip, monitor = outputs_tree("/output/wall/flip", layout), outputs_tree("/output/balcony/monitor", layout)
    assert flip is not None and flip["RANGE"] == [{"VALS": ["none", "horizontal", "vertical", "both"]}]
    assert monitor is not None and (monitor["TYPE"], monitor["VALUE"]) == ("s", ["HDMI-2"])
    assert outputs_tree("/output/roof", layout) is None


def test_over_real_sockets_outputs_are_moved_asked_for_and_listed(stage: Stage) -> None:
    desk, store = Desk(), stage.store
    osc = OscControl(desk, 0, outputs=store)
    query = OscQuery(desk, osc=lambda: ("127.0.0.1", osc.port), port=0, outputs=store)
    with closing(osc), closing(query), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as hand:
        osc.start()
        with patch("installation.control.web_thread._HEAD_START_S", 0.0):  # there is no first picture to wait for
            query.start()
        hand.settimeout(30.0)
        for message in (("/output/wall/corner/3", 0.9, 0.8), ("/output/roof/flip", "both"), ("/output/wall/corner/3",)):
            hand.sendto(write_message(*message), ("127.0.0.1", osc.port))
        answer = read_message(hand.recv(1024))
        assert (answer.address, answer.arguments) == ("/output/wall/corner/3", (0.9, 0.8))
        assert osc.status().refused == 1 and "/output/roof/flip" in osc.status().last_refusal
        assert wait_until(lambda: query.status().problem == "")
        with Walker(f"http://127.0.0.1:{query.port}") as walker:
            assert {"audio", "output"} <= set(walker.get("/")["CONTENTS"])
            assert walker.get("/output/wall/corner/3?VALUE") == {"VALUE": [0.9, 0.8]}
            assert walker.ask("/output/roof")[0] == 404
            walker.send(write_message("/output/wall/rotate", 180))
            assert wait_until(lambda: stage.output().rotate == 180)
            walker.send(write_message("/output/wall/rotate", 45))
            assert wait_until(lambda: query.status().refused == 1)
    assert stage.output().rotate == 180
