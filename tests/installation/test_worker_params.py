"""What travels to the workers: all that they read, nothing else, and only when it changes."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import installation
from installation.desk import Desk
from installation.mailbox import JsonBox
from installation.modulation import Route
from installation.parameters import DEFAULTS, PARAMETERS, WORKER_ADDRESSES
from installation.plain import PlainValueError
from installation.values import Controls, Features
from installation.worker_params import ParamsReader, ParamsSender, WorkerParams


@pytest.fixture
def box() -> Iterator[JsonBox]:
    box = JsonBox()
    yield box
    box.close()


def addresses_in(room: str) -> set[str]:
    """Every parameter's address that stands in the code of `room`."""
    trees = [ast.parse(path.read_text("utf-8")) for path in (Path(installation.__file__).parent / room).rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return {node.value for node in nodes if isinstance(node.value, str) and node.value in PARAMETERS}


def test_every_address_that_a_worker_reads_is_sent() -> None:
    read = addresses_in("audio") | addresses_in("inference")
    assert {"/audio/gain", "/latent/glide", "/scene/hour"} <= read <= set(WORKER_ADDRESSES)


def test_what_was_sent_comes_out_with_the_image_and_the_rest_at_its_default(box: JsonBox) -> None:
    set_by_hand = {**DEFAULTS, "/latent/blend": 0.25, "/latent/hold": True, "/render/zoom": 1.5}
    ParamsSender(box).send(WorkerParams.of(Controls(set_by_hand), "lake.png"))
    read = ParamsReader(box).newest()
    assert read is not None and read.image == "lake.png"
    assert read.controls.values == {**DEFAULTS, "/latent/blend": 0.25, "/latent/hold": True}


def test_a_modulated_zoom_sends_nothing_and_a_modulated_blend_does(box: JsonBox) -> None:
    sender, desk = ParamsSender(box), Desk(routes=[Route("bass", "/render/zoom", 0.5)])
    for turn in range(30):
        controls = desk.tick(turn / 30, Features(bass=turn % 2))
        sender.send(WorkerParams.of(controls, None))
    assert box.serial == 1 and controls.number("/render/zoom") > 1.0
    desk.route([Route("bass", "/latent/blend", 0.5)])
    sender.send(WorkerParams.of(desk.tick(1.0, Features(bass=1.0)), None))
    assert box.serial == 2


def test_a_reader_takes_each_message_once_and_refuses_what_is_none(box: JsonBox) -> None:
    reader = ParamsReader(box)
    assert reader.newest() is None
    box.put({"values": {"/audio/gain": 6}})
    params = reader.newest()
    assert params is not None and params.controls.number("/audio/gain") == 6.0 and reader.newest() is None
    box.put({"values": [], "image": 3})
    with pytest.raises(PlainValueError, match="WorkerParams"):
        reader.newest()
