"""What is told of outputs that are moved on another surface: what has changed, and nothing else."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest

from installation.control.osc.control import OscControl
from installation.control.osc.messages import ControlMessage, read_message, write_message
from installation.control.osc.output_news import changes, namespace_changes
from installation.control.oscquery.service import OscQuery
from installation.desk import Desk
from installation.outputs.layout import Layout, Output, Point
from installation.outputs.store import LayoutStore
from tests.oscquery_walker import Walker
from tests.waiting import wait_until

WALL, LOBBY = Output("wall"), Output("lobby", 1)
DOOR = (Point(0.1, 0.1), Point(0.3, 0.1), Point(0.2, 0.4))


def moved(output: Output, x: float) -> Output:
    return replace(output, corners=(Point(x, 0.0), *output.corners[1:]))


def test_what_has_changed_is_told_and_nothing_else() -> None:
    after = Layout((replace(moved(WALL, 0.1), rotate=90), LOBBY))
    assert changes(Layout((WALL, LOBBY)), after) == {"/output/wall/corner/1": (0.1, 0.0), "/output/wall/rotate": (90,)}
    assert changes(after, after) == {}


def test_a_mask_is_told_when_it_comes_and_when_it_goes() -> None:
    masked = replace(WALL, masks=(DOOR,))
    assert changes(Layout((WALL,)), Layout((masked,))) == {"/output/wall/mask/1": (0.1, 0.1, 0.3, 0.1, 0.2, 0.4)}
    assert changes(Layout((masked,)), Layout((WALL,))) == {"/output/wall/mask/1": ()}


def test_all_of_a_new_output_is_told() -> None:
    told = changes(Layout((WALL,)), Layout((WALL, LOBBY)))
    assert told["/output/lobby/monitor"] == (1,) and all(address.startswith("/output/lobby/") for address in told)


def test_the_namespace_tells_of_outputs_that_come_and_go_and_of_masks() -> None:
    assert namespace_changes(Layout((WALL,)), Layout((WALL, LOBBY))) == (("/output/lobby",), (), ())
    assert namespace_changes(Layout((WALL, LOBBY)), Layout((LOBBY,))) == ((), ("/output/wall",), ())
    masked = replace(WALL, masks=(DOOR,))
    assert namespace_changes(Layout((WALL,)), Layout((masked,))) == ((), (), ("/output/wall/mask",))


class Show:
    """An OSC control and an OSCQuery server over one store, which somebody else moves."""

    def __init__(self, stack: ExitStack) -> None:
        self.store = LayoutStore(Path("outputs.yaml"), Layout((WALL, LOBBY)))
        desk = Desk()
        self.osc = stack.enter_context(closing(OscControl(desk, 0, outputs=self.store)))
        self.query = stack.enter_context(
            closing(OscQuery(desk, osc=lambda: ("127.0.0.1", self.osc.port), port=0, outputs=self.store))
        )
        self.hand = stack.enter_context(closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)))
        self.hand.settimeout(30.0)
        self.osc.start()
        with patch("installation.control.web_thread._HEAD_START_S", 0.0):
            self.query.start()

    def say(self, address: str, *values: float | str) -> None:
        self.hand.sendto(write_message(address, *values), ("127.0.0.1", self.osc.port))

    def hear(self) -> ControlMessage:
        return read_message(self.hand.recv(4096))

    def hear_until(self, address: str, *values: object) -> ControlMessage:
        while (message := self.hear()).address != address or (values and message.arguments != values):
            pass
        return message


@pytest.fixture
def show() -> Iterator[Show]:
    with ExitStack() as stack:
        yield Show(stack)


def test_a_subscriber_hears_how_outputs_stand_and_then_each_move(show: Show) -> None:
    show.say("/subscribe", "/output/wall/*")
    assert show.hear_until("/output/wall/flip").arguments == ("none",)
    show.say("/subscribe", "/output/wall/corner/*")
    assert show.hear_until("/output/wall/corner/4").arguments == (0.0, 1.0)
    show.store.replace(Layout((moved(WALL, 0.25), LOBBY)))
    assert show.hear_until("/output/wall/corner/1").arguments == (0.25, 0.0)


def test_who_subscribes_to_everything_hears_of_outputs_too(show: Show) -> None:
    show.say("/subscribe")
    assert show.hear_until("/output/lobby/monitor").arguments == (1,)
    show.store.replace(Layout((WALL, replace(LOBBY, delay_frames=3), Output("roof", 2))))
    show.hear_until("/output/lobby/delay", 3)
    show.store.replace(Layout((WALL, LOBBY, Output("roof", "DP-2"))))
    show.hear_until("/output/roof/monitor", "DP-2")  # also of one that came later


def test_oscquery_tells_who_listens_of_moves_and_of_what_comes_and_goes(show: Show) -> None:
    assert wait_until(lambda: show.query.status().problem == "")
    with Walker(f"http://127.0.0.1:{show.query.port}") as walker:
        walker.command("LISTEN", "/output/wall/corner/1")
        assert walker.receive() == ("/output/wall/corner/1", (0.0, 0.0))
        show.store.replace(Layout((moved(WALL, 0.25), LOBBY)))
        assert walker.receive() == ("/output/wall/corner/1", (0.25, 0.0))
        show.store.replace(Layout((moved(WALL, 0.25),)))
        assert walker.receive() == ("PATH_REMOVED", "/output/lobby")
        show.store.replace(Layout((moved(WALL, 0.25), Output("roof", 2))))
        assert walker.receive() == ("PATH_ADDED", "/output/roof")
        walker.command("LISTEN", "/output/nowhere/flip")
        assert wait_until(lambda: "/output/nowhere/flip" in show.query.status().last_refusal)


def test_a_drag_is_told_thirty_times_a_second_at_most_with_the_newest_place(show: Show) -> None:
    show.say("/subscribe", "/output/wall/corner/1")
    show.hear_until("/output/wall/corner/1")
    for step in range(1, 500):
        show.store.replace(Layout((moved(WALL, step / 1000), LOBBY)))
    heard = [show.hear().arguments[0]]
    while heard[-1] != 0.499:
        heard.append(show.hear().arguments[0])
    assert len(heard) < 100 and heard == sorted(heard, key=lambda share: float(str(share)))
