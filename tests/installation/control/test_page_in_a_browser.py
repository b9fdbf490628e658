"""The operator page in a real Chromium, led as hands, fingers and keys lead it, against a small show."""

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Literal

import pytest

from installation.control.page.service import OperatorPage
from installation.control.page.sources import Sources
from installation.cues.status import CueStatus
from installation.desk import Desk
from installation.plain import to_plain
from installation.status import ShowStatus
from tests.browser import Browser
from tests.live_show import LiveShow
from tests.waiting import wait_until

pytestmark = [pytest.mark.proc, pytest.mark.heavy]
AXE = files("axe_core_python") / "axe.min.js"
GAIN = '[data-group="audio"] [data-address="/audio/gain"]'
GLIDE = '[data-group="latent"] [data-address="/latent/glide"]'
PHONE_PX, LAPTOP_PX = (390, 844), (1280, 800)


@pytest.fixture(scope="module")
def browsers() -> Iterator[tuple[Browser, Browser]]:
    with Browser() as one, Browser() as other:
        yield one, other


@pytest.fixture
def browser(browsers: tuple[Browser, Browser]) -> Browser:
    browsers[0].shape(*LAPTOP_PX, phone=False)
    return browsers[0]


@pytest.fixture
def show() -> Iterator[LiveShow]:
    with LiveShow() as show:
        yield show


def go(browser: Browser, show: LiveShow) -> None:
    browser.open(show.url)
    browser.wait_for("document.documentElement?.dataset.link === 'open' && document.querySelector('#groups .row')")


def text(browser: Browser, selector: str) -> str:
    return str(browser.value(f"document.querySelector({json.dumps(selector)}).textContent"))


def asked(show: LiveShow, address: str) -> list[object]:
    return [value for one, value in show.sets if one == address]


def wait_for_text(browser: Browser, selector: str, words: str) -> None:
    browser.wait_for(f"document.querySelector({json.dumps(selector)})?.textContent.includes({json.dumps(words)})")


def drag(browser: Browser, row: str, *across: float, let_go: bool = True) -> None:
    places = [browser.place(f"{row} .travel", at) for at in across]
    browser.mouse("mousePressed", *places[0])
    for x, y in places[1:]:
        browser.mouse("mouseMoved", x, y)
    if let_go:
        browser.mouse("mouseReleased", *places[-1])


def test_a_slider_that_is_dragged_moves_the_show_and_every_other_page(
    browsers: tuple[Browser, Browser], browser: Browser, show: LiveShow
) -> None:
    other = browsers[1]
    other.shape(*PHONE_PX, phone=True)
    for page in (browser, other):
        go(page, show)
    drag(browser, GAIN, 0.5, 0.6, 1.0)

    assert wait_until(lambda: show.values["/audio/gain"] == 24)
    for page in (browser, other):
        wait_for_text(page, f"{GAIN} button.value", "24.0 dB")
    assert browser.complaints() == [] and other.complaints() == []
    assert all(address.startswith(show.url) for address in browser.fetched() if not address.startswith("blob:"))


def test_a_hand_on_a_slider_is_not_fought_and_shows_what_is_there_when_it_has_gone(
    browser: Browser, show: LiveShow
) -> None:
    go(browser, show)
    drag(browser, GAIN, 0.9, let_go=False)
    assert wait_until(lambda: bool(asked(show, "/audio/gain")))
    held = text(browser, f"{GAIN} button.value")
    show.set("/audio/gain", -60.0)
    show.set("/latent/glide", 30.0)
    wait_for_text(browser, f"{GLIDE} button.value", "30.0 s")
    assert text(browser, f"{GAIN} button.value") == held

    browser.mouse("mouseReleased", *browser.place(f"{GAIN} .travel", 0.9))
    wait_for_text(browser, f"{GAIN} button.value", "−60.0 dB")


def test_a_finger_moves_a_slider_from_where_it_stands_and_moves_nothing_when_it_scrolls_past(
    browser: Browser, show: LiveShow
) -> None:
    browser.shape(*PHONE_PX, phone=True)
    browser.ask("Emulation.setTouchEmulationEnabled", enabled=True)
    go(browser, show)
    browser.value("document.querySelector('[data-group=latent]').open = true")
    browser.swipe(*browser.place(f"{GLIDE} .travel", 0.9), -30, 0)
    assert wait_until(lambda: bool(asked(show, "/latent/glide")))
    browser.swipe(*browser.place(f"{GLIDE} .travel", 0.9), 0, -150)
    browser.ask("Emulation.setTouchEmulationEnabled", enabled=False)
    browser.click("#freeze")
    assert wait_until(lambda: bool(asked(show, "/show/freeze")))

    # Never 27, which is where both fingers came down.
    assert all(isinstance(value, float | int) and 0 <= value < 3 for value in asked(show, "/latent/glide"))


def test_a_value_is_typed_and_a_double_tap_on_it_or_its_name_goes_back_to_the_default(
    browser: Browser, show: LiveShow
) -> None:
    go(browser, show)
    browser.click(f"{GAIN} button.value")
    browser.wait_for(f"document.activeElement.matches({json.dumps(GAIN + ' input.value')})")
    browser.type("-7,5 dB")
    browser.press("Enter")
    assert wait_until(lambda: show.values["/audio/gain"] == -7.5)
    tap_twice(browser, f"{GAIN} button.value")
    assert wait_until(lambda: show.values["/audio/gain"] == 0)

    show.set("/audio/gain", 12.0)
    wait_for_text(browser, f"{GAIN} button.value", "12.0 dB")
    tap_twice(browser, f"{GAIN} .name")
    assert wait_until(lambda: show.values["/audio/gain"] == 0)


def tap_twice(browser: Browser, selector: str) -> None:
    """Tap twice within one turn of the page: how quick the machine is, is its own affair."""
    tap = "dispatchEvent(new MouseEvent('click', {bubbles: true, detail: 1}))"
    browser.value(f"(() => {{ const one = document.querySelector({json.dumps(selector)}); one.{tap}; one.{tap}; }})()")


def test_with_the_keyboard_alone_it_goes_dark_and_back_and_a_slider_moves_and_is_reset(
    browser: Browser, show: LiveShow
) -> None:
    go(browser, show)
    tab_to(browser, "#blackout", within=12)
    for dark in (True, False):
        browser.press(" ")
        assert wait_until(lambda dark=dark: show.values["/show/blackout"] is dark)  # type: ignore[misc]
        browser.wait_for(f"document.querySelector('#blackout').getAttribute('aria-pressed') === '{str(dark).lower()}'")
    browser.value("document.querySelector('#search').focus()")
    tab_to(browser, f"{GAIN} input[type=range]", within=20)
    browser.press("ArrowRight")
    assert wait_until(lambda: show.values["/audio/gain"] == pytest.approx(0.84))
    browser.wait_for(f"document.querySelector({json.dumps(GAIN)}).classList.contains('moved')")
    assert browser.value("document.activeElement.getAttribute('aria-valuetext')") == "0.8 dB"
    browser.press("Delete")
    assert wait_until(lambda: show.values["/audio/gain"] == 0)


def tab_to(browser: Browser, selector: str, within: int) -> None:
    for _ in range(within):
        browser.press("Tab")
        if browser.value(f"document.activeElement.matches({json.dumps(selector)})"):
            return
    raise AssertionError(f"{selector} is not within {within} steps of the Tab key")


def test_a_show_that_is_lost_is_said_at_once_and_comes_back_with_its_own_values(
    browser: Browser, show: LiveShow
) -> None:
    go(browser, show)
    show.stop()
    browser.wait_for("!document.querySelector('#lost').hidden")
    assert "Nothing is sent meanwhile" in text(browser, "#lost") and text(browser, "#condition") == "no answer"
    drag(browser, GAIN, 0.2, 0.3)
    wait_for_text(browser, "#notice", "there is no connection")
    browser.wait_for(f"document.querySelector({json.dumps(GAIN)}).textContent.includes('0.0 dB')")

    show.values["/audio/gain"] = -3.0  # while nobody was listening
    show.start()
    browser.wait_for("document.documentElement.dataset.link === 'open'")
    wait_for_text(browser, f"{GAIN} button.value", "−3.0 dB")
    drag(browser, GLIDE, 0.5, 1.0)
    assert wait_until(lambda: show.values["/latent/glide"] == 30)
    assert asked(show, "/audio/gain") == []
    assert browser.value("document.querySelector('#lost').hidden")


def test_a_control_is_learnt_by_its_button_and_what_was_bound_is_said(browser: Browser, show: LiveShow) -> None:
    go(browser, show)
    browser.click("#learn")
    browser.click(f"{GAIN} .teach")
    assert wait_until(lambda: show.values["/show/learn"] == "/audio/gain")
    wait_for_text(browser, "#learning", "for audio gain")
    show.set("/show/learn", "")  # the controller has spoken
    wait_for_text(browser, "#learning", "audio gain: done")
    bound = {"control": "cc 21", "address": "/audio/gain", "words": "cc 21 of channel 1", "whose": "learnt"}
    show.status = {**show.status, "controls": {"midi": {"open": "eight knobs", "bindings": [bound]}}}
    wait_for_text(browser, f"{GAIN} .bindings", "cc 21 of channel 1")

    browser.click(f"{GLIDE} .teach")
    assert wait_until(lambda: show.values["/show/learn"] == "/latent/glide")
    browser.wait_for(f"document.querySelector({json.dumps(GLIDE + ' .teach')}).textContent === 'Cancel'")
    browser.press("Escape")
    assert wait_until(lambda: show.values["/show/learn"] == "")
    browser.click("#learn")
    browser.wait_for("document.querySelector('#learning').hidden")


def test_a_move_that_is_refused_is_said_and_taken_back(browser: Browser, show: LiveShow) -> None:
    show.refuse.add("/audio/gain")
    go(browser, show)
    drag(browser, GAIN, 0.2, 0.3)

    wait_for_text(browser, "#notice", "/audio/gain is not to be moved tonight")
    wait_for_text(browser, f"{GAIN} button.value", "0.0 dB")


def test_presets_and_looks_go_through_their_rows(browser: Browser, show: LiveShow) -> None:
    go(browser, show)
    browser.click('[data-preset="performance"]')
    browser.wait_for("document.querySelector('[data-preset=performance]').getAttribute('aria-pressed') === 'true'")
    browser.click("#keep summary")
    for deed in ("try", "keep", "cancel", "revert"):
        browser.click(f"#deed-{deed}")
    browser.click("#save-name ~ button")  # no name is written: over the one that is shown
    browser.click("#save-name")
    browser.type("late set")
    browser.press("Enter")
    browser.click("#snapshot")
    browser.click("#tap")

    assert wait_until(lambda: bool(asked(show, "/audio/tap")))
    deeds = ("preset", "try", "keep", "cancel", "revert", "save", "save", "snapshot")
    done = [*(f"/show/{deed}" for deed in deeds), "/audio/tap"]
    assert [address for address, _ in show.sets] == done
    assert asked(show, "/show/preset") == ["performance"] and asked(show, "/show/save") == ["performance", "late set"]
    assert browser.value("document.querySelectorAll('#groups [data-address^=\"/show/save\"]').length") == 0


def test_favourites_stay_and_the_search_finds_what_is_folded_away(browser: Browser, show: LiveShow) -> None:
    go(browser, show)
    browser.click(f"{GLIDE} .star")
    browser.click("[data-group=latent] summary")
    go(browser, show)
    best = '[data-group="favourites"] [data-address="/latent/glide"]'
    wait_for_text(browser, best, "latent glide")
    browser.wait_for("!document.querySelector('[data-group=latent]').open")
    browser.click("#search")
    browser.type("truncation")
    wait_for_text(browser, "#found", "1 found")
    assert browser.value("document.querySelector('[data-group=latent]').open")


def test_pictures_are_asked_for_only_while_they_are_seen(browser: Browser, show: LiveShow) -> None:
    browser.shape(*PHONE_PX, phone=True)
    go(browser, show)
    assert wait_until(lambda: show.pictures_asked[-1:] == [8])
    browser.wait_for("document.querySelector('#screen').width === 96 && !document.querySelector('#screen').hidden")
    browser.value("document.querySelector('#show').scrollIntoView({behavior: 'instant'})")
    assert wait_until(lambda: show.pictures_asked[-1] == 0)


def test_events_and_reasons_are_told_in_words(browser: Browser, show: LiveShow) -> None:
    show.status = {**show.status, "condition": "degraded", "reasons": {"sound": "the microphone is <b>gone</b>"}}
    lost = {
        "what": "the microphone is gone",
        "since_s_ago": 75.0,
        "times": 3,
        "over": False,
        "done": "it is looked for",
    }
    show.events = [lost]
    go(browser, show)

    wait_for_text(browser, "#condition", "degraded")
    wait_for_text(browser, "#reasons", "the microphone is <b>gone</b>")
    wait_for_text(browser, "#events", "since 1 min 15 s, 3 times")


def test_an_open_draft_is_kept_or_cancelled_from_the_head_of_the_page(browser: Browser, show: LiveShow) -> None:
    show.status = {**show.status, "controls": {"presets": {"draft": True, "last": "a draft is open"}}}
    go(browser, show)
    browser.wait_for("!document.querySelector('#draft').hidden")
    browser.click("#draft button:last-child")
    assert wait_until(lambda: bool(asked(show, "/show/cancel")))


def test_who_may_only_look_moves_nothing(browser: Browser) -> None:
    with LiveShow(access="read") as show:
        go(browser, show)
        browser.wait_for("document.documentElement.dataset.access === 'read'")
        assert browser.value("[...document.querySelectorAll('#dock button, .row input, .card, #keep button')].every("
                             "(one) => one.matches(':disabled'))")  # fmt: skip
        drag(browser, GAIN, 0.2, 0.3)
        browser.click("#blackout")
        browser.value("new Promise((done) => setTimeout(done, 100))")
        assert show.sets == []
        assert violations(browser) == []


def test_a_token_that_has_changed_is_asked_for(browser: Browser, show: LiveShow) -> None:
    go(browser, show)
    show.stop()
    show.needs_token = True
    show.start()
    browser.wait_for("document.querySelector('#token').open")
    assert violations(browser) == []


def test_the_shows_own_server_lets_the_page_do_all_that_it_does(browser: Browser) -> None:
    desk = Desk()
    page = OperatorPage(Sources(desk, ShowStatus, lambda: None, lambda: ["gallery"]), host="0.0.0.0", port=0)
    page.start()
    try:
        token = page._token.keys.tokens.full if page._token is not None else ""
        browser.open("about:blank")  # the page of the test before complains that its show has gone
        browser.open(f"http://127.0.0.1:{page.port}/")  # from this machine, too, the token can be changed
        assert violations(browser) == []  # of the door
        browser.click("#token")
        browser.type(token)
        browser.press("Enter")
        browser.wait_for("document.documentElement?.dataset.link === 'open' && document.querySelector('#groups .row')")
        assert token not in browser.value("location.href")
        drag(browser, GAIN, 0.5, 1.0)
        assert wait_until(lambda: desk.get("/audio/gain") == 24)
        desk.post("/audio/gain", -6.0, "test")
        wait_for_text(browser, f"{GAIN} button.value", "−6.0 dB")
        assert [line for line in browser.complaints() if "401" not in line] == []

        for _sure in range(2):
            browser.click("#renew")
        browser.wait_for("document.querySelector('#new-address').value.includes('?token=')")
        assert token not in browser.value("document.querySelector('#new-address').value")
        browser.wait_for("document.documentElement.dataset.link === 'open'")
    finally:
        page.close()


def test_numbers_are_read_and_said_as_people_write_them(browser: Browser, show: LiveShow) -> None:
    browser.open(show.url)
    said = browser.value(
        """(async () => {
          const {fromTravel, lasted, nudge, spoken, toTravel, typed} = await import("/web/values.js");
          const db = {kind: "float", low: -60, high: 24, unit: "dB", scaling: "linear"};
          const log = {kind: "float", low: 1, high: 100, unit: "", scaling: "log"};
          const whole = {kind: "int", low: 0, high: 10, unit: ""};
          return [typed(db, "−6,5 dB"), typed(db, "99"), typed(db, "loud"), typed(whole, "3.6"), spoken(db, -6),
            fromTravel(log, 0.5), toTravel(log, 10), nudge(whole, 4, 0.1), nudge(db, 24, 1), lasted(7384)];
        })()"""
    )
    assert said == [-6.5, 24, None, 4, "−6.0 dB", 10, 0.5, 5, 24, "2 h 3 min"]


def test_how_often_the_picture_was_held_back_is_said(browser: Browser, show: LiveShow) -> None:
    browser.open(show.url)
    said = browser.value(
        """(async () => {
          const {factsOf} = await import("/web/facts.js");
          const flashes = {on: true, holding: true, general: 2.5, red: 3, asked: 6, interventions: 2, limited_s: 75};
          const once = {...flashes, holding: false, interventions: 1}, never = {...flashes, interventions: 0};
          const said = (status) => Object.fromEntries(factsOf({safety: {flashes: status}})[0][1]).flashes;
          return [flashes, once, never, {on: false}].map(said);
        })()"""
    )
    assert said == [
        "at most 3 a second; held back 2 times, 1 min 15 s in all, and now",
        "at most 3 a second; held back once, 1 min 15 s in all",
        "at most 3 a second",
        "not limited",
    ]


@pytest.mark.parametrize(
    ("size_px", "scheme"),
    [
        (PHONE_PX, "dark"),
        (LAPTOP_PX, "light"),
        pytest.param(PHONE_PX, "light", marks=pytest.mark.slow),  # each width and each scheme has been seen
        pytest.param(LAPTOP_PX, "dark", marks=pytest.mark.slow),
    ],
)
def test_axe_finds_nothing_amiss_dark_or_bright_at_any_width(
    browser: Browser, show: LiveShow, size_px: tuple[int, int], scheme: Literal["light", "dark"]
) -> None:
    show.values |= {"/show/preset": "gallery", "/audio/gain": -6.0, "/show/blackout": True}
    show.status = {**show.status, "condition": "failed", "reasons": {"sound": "the microphone is gone"}}
    browser.shape(*size_px, scheme=scheme, phone=size_px == PHONE_PX)
    go(browser, show)
    browser.value("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    browser.click("#learn")
    wait_for_text(browser, "#condition", "failed")
    assert browser.value("document.documentElement.scrollWidth") <= size_px[0]
    assert violations(browser) == []
    assert too_small(browser) == []


def violations(browser: Browser) -> list[str]:
    """Return what axe-core holds against the page as it stands."""
    browser.value(AXE.read_text(encoding="utf-8") + "; 0")
    found = browser.value("axe.run({resultTypes: ['violations']})")
    return [f"{one['id']}: {node['html'][:200]}" for one in found["violations"] for node in one["nodes"]]


def too_small(browser: Browser) -> list[str]:
    """Return what is to be hit by a finger and is smaller than 44 by 44 CSS pixels."""
    return list(
        browser.value(
            """[...document.querySelectorAll('button, select, summary, nav a, .travel, label:has(input), [type=text]')]
            .map((one) => [one, one.getBoundingClientRect()])
            .filter(([, box]) => box.width > 0 && (box.width < 43.9 || box.height < 43.9))
            .map(([one, box]) => `${one.outerHTML.slice(0, 90)} ${box.width} x ${box.height}`)"""
        )
    )


def test_the_cues_are_listed_counted_down_and_gone_through(browser: Browser, show: LiveShow) -> None:
    cues = CueStatus("storm", 2, "dark", left_s=65.0, by_itself=True, cues=("doors", "storm", "dark"))
    show.status = dict(to_plain(ShowStatus(cues=cues)))
    browser.shape(*PHONE_PX, phone=True)
    go(browser, show)
    wait_for_text(browser, "#cue-left", "1:05")
    assert text(browser, "#cue-next") == "then: dark"
    assert text(browser, "#cue-names [aria-current]") == "2storm"
    for selector in ("#cue-go", "#cue-back", '#cue-names [data-cue="doors"]'):
        browser.value(f"document.querySelector({json.dumps(selector)}).click()")
    assert wait_until(lambda: bool(asked(show, "/show/cue")))
    assert (asked(show, "/show/go"), asked(show, "/show/back"), asked(show, "/show/cue")) == ([True], [True], [1])
    assert browser.complaints() == []
