"""The page's outputs in a real Chromium before the show's own server: dragged, seen by others, kept in the file."""

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from installation.control.page.service import OperatorPage
from installation.desk import Desk
from installation.outputs.layout import Layout, Output, Point, read_layout
from installation.outputs.monitors import Monitor
from installation.outputs.store import LayoutStore
from tests.browser import Browser
from tests.installation.control.live_page import served, sources_of
from tests.installation.control.test_page_in_a_browser import AXE, too_small, wait_for_text
from tests.waiting import wait_until

pytestmark = [pytest.mark.proc, pytest.mark.heavy]
MONITORS = (Monitor("HDMI-1", (1000, 500)), Monitor("DP-2", (1000, 500)))
PHONE_PX, LAPTOP_PX = (360, 740), (1280, 800)
CORNER = "#output-stage [data-point='{}']"


@pytest.fixture(scope="module")
def browsers() -> Iterator[tuple[Browser, Browser]]:
    with Browser() as one, Browser() as other:
        yield one, other


@pytest.fixture
def browser(browsers: tuple[Browser, Browser]) -> Browser:
    browsers[0].shape(*LAPTOP_PX, phone=False)
    return browsers[0]


@pytest.fixture
def store(tmp_path: Path) -> LayoutStore:
    return LayoutStore(tmp_path / "outputs.yaml", Layout((Output("wall"), Output("balcony", 1))))


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def page(store: LayoutStore, desk: Desk) -> Iterator[OperatorPage]:
    with served(sources_of(desk, outputs=store, monitors=lambda: MONITORS)) as page:
        yield page


def go(browser: Browser, page: OperatorPage, query: str = "") -> None:
    browser.open("about:blank")
    browser.open(f"{page.url}{query}#outputs")
    browser.wait_for("document.documentElement?.dataset.link === 'open' && document.querySelector('.handle')")


def label(browser: Browser, number: int) -> str:
    return str(browser.value(f"document.querySelector({json.dumps(CORNER.format(number))}).ariaLabel"))


def violations(browser: Browser) -> list[str]:
    """Return what axe-core holds against the outputs as they stand."""
    browser.value(AXE.read_text(encoding="utf-8") + "; 0")
    found = browser.value("axe.run('#outputs', {resultTypes: ['violations']})")
    return [f"{one['id']}: {node['html'][:200]}" for one in found["violations"] for node in one["nodes"]]


def wait_for_label(browser: Browser, number: int, words: str) -> None:
    browser.wait_for(f"document.querySelector({json.dumps(CORNER.format(number))})?.ariaLabel.includes('{words}')")


def frame(browser: Browser) -> dict[str, float]:
    box: dict[str, float] = browser.value("document.querySelector('#output-stage .frame').getBoundingClientRect()"
                                          ".toJSON()")  # fmt: skip
    return box


def drag(browser: Browser, number: int, dx: float, dy: float, steps: int = 5) -> None:
    """Draw a corner by shares of the output."""
    x, y = browser.place(CORNER.format(number))
    box = frame(browser)
    browser.mouse("mousePressed", x, y)
    for step in range(1, steps + 1):
        browser.mouse("mouseMoved", x + dx * box["width"] * step / steps, y + dy * box["height"] * step / steps)
    browser.mouse("mouseReleased", x + dx * box["width"], y + dy * box["height"])


def test_a_corner_that_is_dragged_moves_the_output_is_kept_and_another_page_follows(
    browsers: tuple[Browser, Browser], browser: Browser, page: OperatorPage, store: LayoutStore
) -> None:
    other = browsers[1]
    other.shape(*PHONE_PX, phone=True)
    for each in (browser, other):
        go(each, page)
    drag(browser, 2, -0.2, 0.1)

    for each in (browser, other):
        wait_for_label(each, 2, "across 80.0 %, down 10.0 %".replace(" %", "\u00a0%"))
    corner = store.get().output("wall").corners[1]
    assert (corner.x, corner.y) == pytest.approx((0.8, 0.1), abs=0.01)
    store.save()
    assert read_layout(store.path).output("wall").corners[1] == corner
    browser.click("#output-undo")
    assert wait_until(lambda: store.get().output("wall") == Output("wall"))  # the whole drag is one step
    assert browser.complaints() == [] and other.complaints() == []
    assert violations(other) == []


def test_a_page_that_is_pushed_while_a_corner_is_held_moves_it_no_further(
    browser: Browser, page: OperatorPage, store: LayoutStore
) -> None:
    go(browser, page)
    x, y = browser.place(CORNER.format(2))
    box = frame(browser)
    browser.mouse("mousePressed", x, y)
    browser.mouse("mouseMoved", x - 0.1 * box["width"], y)
    notice = "<p style='height: 60px'>there is no monitor HDMI-1</p>"
    browser.value(f"document.querySelector('#output-stage').insertAdjacentHTML('beforebegin', {json.dumps(notice)}), 0")
    browser.mouse("mouseMoved", x - 0.2 * box["width"], y + 0.1 * box["height"])
    browser.mouse("mouseReleased", x - 0.2 * box["width"], y + 0.1 * box["height"])
    wait_for_label(browser, 2, "across 80.0\u00a0%, down 10.0\u00a0%")

    def corner() -> tuple[float, float]:
        point = store.get().output("wall").corners[1]
        return point.x, point.y

    assert wait_until(lambda: corner() == pytest.approx((0.8, 0.1), abs=0.01)), corner()


@pytest.mark.slow
def test_a_drag_costs_at_most_thirty_messages_a_second(browser: Browser, page: OperatorPage) -> None:
    go(browser, page)
    browser.value("""(() => { const say = WebSocket.prototype.send; window.said = [];
        WebSocket.prototype.send = function (text) { window.said.push([performance.now(), JSON.parse(text).type]);
            say.call(this, text); }; })()""")
    drag(browser, 1, 0.1, 0.1, steps=60)
    browser.value("new Promise((done) => setTimeout(done, 100))")
    at = [ms for ms, kind in browser.value("window.said") if kind == "output"]
    assert len(at) >= 2 and all(after - before > 1000 / 31 for before, after in pairwise(at))


@pytest.mark.slow
def test_a_finger_drags_a_corner_beyond_the_edge_and_never_across_another(
    browser: Browser, page: OperatorPage, store: LayoutStore
) -> None:
    browser.shape(*PHONE_PX, phone=True)
    browser.ask("Emulation.setTouchEmulationEnabled", enabled=True)
    go(browser, page)
    box, (x, y) = frame(browser), browser.place(CORNER.format(1))
    box = frame(browser)
    browser.swipe(x, y, -0.05 * box["width"], -0.05 * box["height"])
    assert wait_until(lambda: store.get().output("wall").corners[0].x < -0.03)
    browser.swipe(*browser.place(CORNER.format(1)), 1.5 * box["width"], 1.5 * box["height"])
    browser.ask("Emulation.setTouchEmulationEnabled", enabled=False)
    assert browser.value("document.querySelector('#notice').textContent") == ""
    assert store.get().output("wall").corners[0].x + store.get().output("wall").corners[0].y < 1.0


@pytest.mark.slow
def test_with_the_keys_alone_a_corner_moves_by_pixels_and_goes_back(
    browser: Browser, page: OperatorPage, store: LayoutStore
) -> None:
    go(browser, page)
    browser.value(f"document.querySelector({json.dumps(CORNER.format(4))}).focus()")
    wait_for_text(browser, "#output-point", "bottom left corner")
    for _ in range(3):
        browser.press("ArrowRight")
    browser.ask("Input.dispatchKeyEvent", type="keyDown", key="ArrowUp", code="ArrowUp", modifiers=8)
    assert wait_until(lambda: store.get().output("wall").corners[3] == Point(0.003, 0.96))
    assert label(browser, 4).startswith("bottom left corner, across 0.3")
    browser.press("Delete")
    assert wait_until(lambda: store.get().output("wall").corners[3] == Point(0, 1))


def test_masks_are_drawn_moved_and_taken_away(browser: Browser, page: OperatorPage, store: LayoutStore) -> None:
    go(browser, page)
    browser.click("#add-mask")
    assert wait_until(lambda: len(store.get().output("wall").masks) == 1)
    browser.click("#add-point")
    drag(browser, 2, 0.0, -0.2)
    assert wait_until(lambda: len(store.get().output("wall").masks[0]) == 5)
    assert wait_until(lambda: store.get().output("wall").masks[0][1].y == pytest.approx(0.2, abs=0.01))
    browser.click("#remove-point")
    assert wait_until(lambda: len(store.get().output("wall").masks[0]) == 4)
    browser.click("#remove-mask")
    assert wait_until(lambda: store.get().output("wall").masks == ())
    browser.click("#output-undo")
    assert wait_until(lambda: len(store.get().output("wall").masks) == 1)
    wait_for_text(browser, "#output-shapes", "Mask 1")


@pytest.mark.slow
def test_all_else_of_an_output_is_set_by_its_rows_and_reset_at_once(
    browser: Browser, page: OperatorPage, store: LayoutStore, desk: Desk
) -> None:
    go(browser, page)
    browser.click("[data-output='balcony']")
    for address, value in (("part/right", "50"), ("blend/left", "12,5 %"), ("delay", "3")):
        row = f"[data-address='/output/{address}']"
        browser.click(f"{row} button.value")
        browser.wait_for(f"document.activeElement.matches({json.dumps(row + ' input.value')})")
        browser.type(value)
        browser.press("Enter")
    browser.click("[data-address='/output/flip'] input[value='horizontal']")
    browser.click("[data-address='/output/rotate'] input[value='90°']")
    browser.click("[data-address='/output/fit'] input[value='contain']")
    browser.value("""(() => { const one = document.querySelector('#output-monitor'); one.value = '"HDMI-1"';
        one.dispatchEvent(new Event('change')); })()""")
    assert wait_until(lambda: store.get().output("balcony").monitor == "HDMI-1")
    balcony = store.get().output("balcony")
    assert (balcony.part, balcony.blend.left, balcony.delay_frames) == ((0, 0, 0.5, 1), 0.125, 3)
    assert (balcony.flip, balcony.rotate, balcony.fit) == ("horizontal", 90, "contain")
    browser.click("#output-pattern")
    assert wait_until(lambda: desk.get("/show/pattern") == "grid")
    browser.click("#reset-output")
    assert wait_until(lambda: store.get().output("balcony") == Output("balcony", "HDMI-1"))
    assert store.get().output("wall") == Output("wall")


@pytest.mark.slow
def test_outputs_are_added_renamed_and_removed_and_come_back(
    browser: Browser, page: OperatorPage, store: LayoutStore
) -> None:
    def names() -> list[str]:
        return [output.name for output in store.get().outputs]

    go(browser, page)
    browser.click("#add-output")
    browser.wait_for("document.querySelector('[data-output=wall-2]')?.ariaPressed === 'true'")
    browser.click("#output-name")
    browser.type("Floor")
    browser.press("Enter")
    browser.wait_for("document.querySelector('[data-output=floor]')?.ariaPressed === 'true'")
    assert names() == ["wall", "balcony", "floor"]
    browser.click("#remove-output")
    browser.wait_for("!document.querySelector('[data-output=floor]')")
    browser.click("#output-undo")
    assert wait_until(lambda: names() == ["wall", "balcony", "floor"])
    browser.click("#output-name")
    browser.type("???")
    browser.press("Enter")
    wait_for_text(browser, "#notice", "name takes a-z")


@pytest.mark.slow
def test_who_only_looks_sees_outputs_move_and_moves_none(
    browser: Browser, page: OperatorPage, store: LayoutStore
) -> None:
    go(browser, page, "?view=read")
    drag(browser, 1, 0.2, 0.2)
    browser.click("#add-output")
    store.change("wall", corners=(Point(0.1, 0.1), Point(1, 0), Point(1, 1), Point(0, 1)))
    wait_for_label(browser, 1, "across 10.0")
    assert len(store.get().outputs) == 2 and store.get().output("wall").corners[0] == Point(0.1, 0.1)
    assert violations(browser) == []


@pytest.mark.slow
@pytest.mark.parametrize("size_px", [PHONE_PX, LAPTOP_PX])
def test_axe_finds_nothing_amiss_dark_or_bright_at_any_width(
    browser: Browser, page: OperatorPage, store: LayoutStore, size_px: tuple[int, int]
) -> None:
    store.change("wall", masks=((Point(0.2, 0.2), Point(0.5, 0.2), Point(0.3, 0.7)),))
    schemes: tuple[Any, Any] = ("dark", "light")
    for scheme in schemes:
        browser.shape(*size_px, scheme=scheme, phone=size_px == PHONE_PX)
        go(browser, page)
        assert browser.value("document.documentElement.scrollWidth") <= size_px[0]
        for shape in ("first-child", "last-child"):
            browser.click(f"#output-shapes label:{shape}")
            assert violations(browser) == [] and too_small(browser) == []
