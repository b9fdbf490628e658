"""The page of a report in a real browser: on a phone, on a laptop, bright and dark, on paper, and with its sounds."""

import re
from collections.abc import Iterator

import pytest

from s2s.evaluate.report.page import write_page
from tests.browser import Browser
from tests.s2s.evaluate.report.made_up import another, made_up, write_files

pytestmark = pytest.mark.proc

_A4_TEXT_PX = 687  # 210 mm less 2 × 14 mm, at 96 px an inch
_TOO_WIDE = """[...document.querySelectorAll('body *')].filter(
  one => !one.closest('.wide') && one.getBoundingClientRect().right > document.documentElement.clientWidth + 1
).map(one => one.tagName + '.' + one.className)"""
_CUT = """[...document.querySelectorAll('.wide')].filter(one => one.scrollWidth > one.clientWidth + 1)
  .map(one => one.getAttribute('aria-label'))"""
_BACKGROUND = "getComputedStyle(document.body).backgroundColor"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    folder = tmp_path_factory.mktemp("reports")
    write_files(folder / "ours")
    write_files(folder / "version-6")
    page = write_page(folder / "ours", made_up(), (folder / "version-6", another()))
    with Browser() as browser:
        browser.shape(1280, 800, phone=False)
        browser.open(page.as_uri())
        yield browser


@pytest.mark.parametrize(("width", "phone"), [(360, True), (1280, False)])
def test_nothing_is_wider_than_the_page(browser: Browser, width: int, phone: bool) -> None:
    browser.shape(width, 740, phone=phone)
    assert browser.value("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert browser.value(_TOO_WIDE) == []
    assert browser.value("[...document.images].every(one => one.complete && one.naturalWidth > 0)")


def test_what_is_wider_than_a_phone_scrolls_within_itself_beside_its_heading(browser: Browser) -> None:
    browser.shape(360, 740, phone=True)
    table = "document.querySelector('#table-1 .wide')"
    assert "Table 1 (a). Comparison to baselines" in browser.value(_CUT)
    browser.value(f"{table}.scrollLeft = 200")
    heading = f"{table}.querySelector('tbody th').getBoundingClientRect().left - {table}.getBoundingClientRect().left"
    assert browser.value(f"{table}.scrollLeft") == 200 and abs(browser.value(heading)) <= 1


def test_the_page_is_dark_where_the_reader_likes_it_dark(browser: Browser) -> None:
    browser.shape(1280, 740, phone=False)
    assert browser.value(_BACKGROUND) == "rgb(251, 251, 249)"
    browser.shape(1280, 740, phone=False, scheme="dark")
    assert browser.value(_BACKGROUND) == "rgb(22, 22, 24)"


def test_a_sound_plays(browser: Browser) -> None:
    played = "document.querySelector('audio')"
    browser.value(f"new Promise(done => {{ {played}.onended = done; {played}.play() }})")
    assert browser.value(f"[{played}.duration, {played}.currentTime]") == [0.25, 0.25]


def test_nothing_is_asked_of_the_network_and_nothing_is_complained_of(browser: Browser) -> None:
    assert browser.fetched() == [] and browser.complaints() == []


def test_on_paper_nothing_is_cut_links_are_written_out_and_sounds_are_named(browser: Browser) -> None:
    browser.shape(_A4_TEXT_PX, 1000, media="print", scheme="dark", phone=False)
    assert browser.value(_CUT) == [] and browser.value(_TOO_WIDE) == []
    assert browser.value(_BACKGROUND) in ("rgba(0, 0, 0, 0)", "rgb(255, 255, 255)")
    assert "openaccess.thecvf.com" in browser.value(
        "getComputedStyle(document.querySelector('footer a'), '::after').content"
    )
    assert browser.value("[...document.querySelectorAll('audio')].every(one => one.getClientRects().length === 0)")
    assert browser.value("document.querySelector('.sound').innerText") == "thunder"
    taller_than_a_page = "[...document.querySelectorAll('section.table')].filter(one => one.clientHeight > 1000).length"
    assert browser.value(taller_than_a_page) == 0


def test_it_prints_on_a4(browser: Browser) -> None:
    pdf = browser.pdf()
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert boxes and {(round(float(w)), round(float(h))) for w, h in boxes} == {(595, 842)}
