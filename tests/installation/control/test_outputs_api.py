"""REST for the outputs, and the page's socket: what is changed is shown, kept, and told to every page."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from installation.control.page.app import Sources, make_app
from installation.control.page.openapi import openapi
from installation.control.page.service import OperatorPage
from installation.desk import Desk
from installation.outputs.layout import Layout, Output, Point
from installation.outputs.monitors import Monitor
from installation.outputs.store import LayoutStore
from installation.status import ShowStatus
from tests.installation.control.live_page import live, served, sources_of

MONITORS = (Monitor("HDMI-1", (1920, 1080)), Monitor("", (1024, 768)))


@pytest.fixture
def store(tmp_path: Path) -> LayoutStore:
    return LayoutStore(tmp_path / "outputs.yaml", Layout((Output("wall"), Output("balcony", 1))))


class Hub:
    """A program that speaks HTTP with the page's application."""

    def __init__(self, store: LayoutStore | None) -> None:
        sources = Sources(Desk(), ShowStatus, lambda: None, tuple, outputs=store, monitors=lambda: MONITORS)
        self._app = make_app(sources)

    def ask(self, method: str, path: str = "", body: Any = None) -> httpx.Response:
        async def send() -> httpx.Response:
            async with httpx.AsyncClient(
                transport=httpx.ASGITransport(self._app), base_url="http://localhost"
            ) as client:
                content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
                return await client.request(method, f"/api/outputs{path}", content=content)

        return asyncio.run(send())


@pytest.fixture
def hub(store: LayoutStore) -> Hub:
    return Hub(store)


def test_all_outputs_are_told_with_the_monitors_that_there_are(hub: Hub) -> None:
    told = hub.ask("GET").json()
    assert [output["name"] for output in told["outputs"]] == ["wall", "balcony"]
    assert told["monitors"] == [
        {"number": 0, "name": "HDMI-1", "width_px": 1920, "height_px": 1080},
        {"number": 1, "name": "", "width_px": 1024, "height_px": 768},
    ]
    assert hub.ask("GET", "/balcony").json()["monitor"] == 1


def test_what_was_told_can_be_put_back(hub: Hub, store: LayoutStore) -> None:
    told = hub.ask("GET").json()
    hub.ask("PATCH", "/wall", {"corner": {"1": [0.1, 0.1]}, "rotate": 180})
    assert store.get().output("wall").corners[0] == Point(0.1, 0.1)
    assert hub.ask("PUT", "", told).json() == told and store.get().output("wall") == Output("wall")


def test_outputs_are_added_renamed_and_removed_and_kept(hub: Hub, store: LayoutStore) -> None:
    made = hub.ask("POST", "", {"name": "floor", "flip": "vertical"})
    assert made.status_code == 201 and made.json()["flip"] == "vertical"
    assert hub.ask("PATCH", "/floor", {"name": "ground"}).json()["name"] == "ground"
    assert hub.ask("DELETE", "/balcony").status_code == 200
    store.save()
    assert [name in store.path.read_text() for name in ("wall", "ground", "balcony")] == [True, True, False]


@pytest.mark.parametrize(
    ("method", "path", "body", "code", "words"),
    [
        ("PATCH", "/wall", {"corner": {"1": [1, 1]}}, 422, "bulge outwards"),
        ("PATCH", "/wall", {"rotate": 45}, 422, "rotate"),
        ("PATCH", "/wall", {"colour": 1}, 422, "unknown key 'colour'"),
        ("PATCH", "/roof", {"rotate": 90}, 404, "there is no output 'roof'"),
        ("PATCH", "/wall", b"no", 400, "JSON"),
        ("PATCH", "/wall", [1], 400, "JSON"),
        ("PATCH", "/wall", b"[" * 70_000, 400, "bytes"),
        ("PUT", "", {"outputs": []}, 422, "outputs"),
        ("PUT", "", {"walls": []}, 422, "unknown key 'walls'"),
        ("POST", "", {"name": "wall"}, 422, "another one called 'wall'"),
        ("POST", "", {}, 422, "name is required"),
        ("DELETE", "/roof", None, 404, "there is no output 'roof'"),
        ("GET", "/roof", None, 404, "there is no output 'roof'"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    hub: Hub, store: LayoutStore, method: str, path: str, body: Any, code: int, words: str
) -> None:
    before = store.get()
    answer = hub.ask(method, path, body)
    assert answer.status_code == code and words in answer.json()["error"]
    assert answer.json()["error"].isprintable() and len(answer.json()["error"]) < 300
    assert store.get() is before


def test_the_only_output_is_not_removed(hub: Hub) -> None:
    hub.ask("DELETE", "/wall")
    refused = hub.ask("DELETE", "/balcony")
    assert refused.status_code == 422 and "the only output" in refused.json()["error"]


def test_a_show_without_outputs_says_so() -> None:
    for method, path, body in (("GET", "", None), ("PATCH", "/wall", {}), ("POST", "", {"name": "wall"})):
        answer = Hub(None).ask(method, path, body)
        assert answer.status_code == 404 and answer.json() == {"error": "this show has no outputs"}


def test_the_examples_of_the_description_are_taken(hub: Hub) -> None:
    paths = openapi("1")["paths"]

    def example(path: str, method: str) -> Any:
        return paths[path][method]["requestBody"]["content"]["application/json"]["schema"]["examples"][0]

    assert hub.ask("PUT", "", example("/api/outputs", "put")).status_code == 200
    assert hub.ask("POST", "", example("/api/outputs", "post")).status_code == 201
    assert hub.ask("PATCH", "/left", example("/api/outputs/{name}", "patch")).status_code == 200


@pytest.fixture
def page(store: LayoutStore) -> Iterator[OperatorPage]:
    with served(sources_of(Desk(), outputs=store, monitors=lambda: MONITORS)) as page:
        yield page


def corner(message: Any, number: int = 1) -> list[float]:
    return list(message["outputs"][0]["corners"][number - 1])


def test_pages_are_told_where_the_picture_lies_and_see_each_other_move_it(page: OperatorPage) -> None:
    with live(page.port) as one, live(page.port) as other:
        for each in (one, other):
            assert corner(each.hear("outputs")) == [0, 0]
        one.say(type="output", id=1, name="wall", change={"corner": {"1": [0.2, 0.1]}})
        for each in (one, other):
            each.hear("outputs", lambda told: corner(told) == [0.2, 0.1])


def test_what_keyboard_or_file_move_the_pages_are_told(page: OperatorPage, store: LayoutStore) -> None:
    with live(page.port) as one:
        one.hear("outputs")
        store.change("wall", rotate=90)
        one.hear("outputs", lambda told: told["outputs"][0]["rotate"] == 90)


def test_two_pages_that_drag_two_corners_at_once_lose_neither(page: OperatorPage, store: LayoutStore) -> None:
    with live(page.port) as one, live(page.port) as other:
        for step in range(1, 21):
            one.say(type="output", name="wall", change={"corner": {"1": [step / 100, 0]}})
            other.say(type="output", name="wall", change={"corner": {"3": [1 - step / 100, 1]}})
        for each in (one, other):
            each.hear("outputs", lambda told: (corner(told), corner(told, 3)) == ([0.2, 0], [0.8, 1]))
    assert store.get().output("wall").corners[1] == Point(1, 0)


def test_a_flood_of_moves_ends_with_the_newest_of_each_corner(page: OperatorPage) -> None:
    with live(page.port) as one:
        for step in range(1200):
            one.say(type="output", name="wall", change={"corner": {str(1 + 2 * (step % 2)): [0.5 + step / 1e4, 0.2]}})
        one.say(type="output", name="wall", change={"corner": {"1": [0.1, 0.1], "3": [0.9, 0.9]}})
        one.hear("outputs", lambda told: (corner(told), corner(told, 3)) == ([0.1, 0.1], [0.9, 0.9]))


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({"name": "roof", "change": {"rotate": 90}}, "there is no output 'roof'"),
        ({"name": "wall", "change": {"corner": {"1": [1, 1]}}}, "bulge outwards"),
        ({"name": "wall", "change": 5}, '"change"'),
        ({"change": {}}, '"name"'),
    ],
)
def test_a_move_that_cannot_be_is_refused_by_its_number(
    page: OperatorPage, message: dict[str, object], words: str
) -> None:
    with live(page.port) as one:
        one.say(type="output", id=9, **message)
        refused = one.hear("refused")
        assert words in refused["error"] and refused["id"] == 9


def test_who_only_looks_sees_and_moves_nothing(page: OperatorPage, store: LayoutStore) -> None:
    with live(page.port, "/api/live?view=read") as one:
        assert corner(one.hear("outputs")) == [0, 0]
        one.say(type="output", id=3, name="wall", change={"rotate": 90})
        assert "only looks" in one.hear("refused")["error"]
    assert store.get().output("wall").rotate == 0
