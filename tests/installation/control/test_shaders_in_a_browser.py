"""The inputs of a shader as rows of the page in a real Chromium: they come, are moved, and go."""

from collections.abc import Iterator

import pytest

from installation.control.page.service import OperatorPage
from tests.browser import Browser
from tests.installation.control.live_page import served, sources_of
from tests.installation.control.test_shaders_on_surfaces import AMOUNT, TINT, Show
from tests.waiting import wait_until

pytestmark = [pytest.mark.proc, pytest.mark.heavy]
ROW = f"[data-group='isf'] [data-address='{AMOUNT}']"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as browser:
        browser.shape(1280, 800, phone=False)
        yield browser


@pytest.fixture
def show() -> Iterator[Show]:
    with Show() as show:
        yield show


@pytest.fixture
def page(show: Show) -> Iterator[OperatorPage]:
    with served(sources_of(show.desk)) as page:
        yield page


def there(browser: Browser, selector: str, *, is_there: bool = True) -> None:
    browser.wait_for(f'{"" if is_there else "!"}document.querySelector("{selector}")')


def test_rows_of_a_shader_come_with_it_are_moved_and_go_with_it(
    browser: Browser, page: OperatorPage, show: Show
) -> None:
    browser.open(page.url)
    browser.wait_for("document.documentElement?.dataset.link === 'open' && document.querySelector('#groups .row')")
    browser.value("document.body.dataset.mine = 'still here'")
    there(browser, ROW, is_there=False)
    show.draw("veil")
    there(browser, ROW)
    assert browser.value(f'document.querySelector("{ROW} .name").textContent') == "veil amount"
    browser.click(f"{ROW} button.value")
    browser.wait_for(f'document.activeElement.matches("{ROW} input.value")')
    browser.type("1.5")
    browser.press("Enter")
    assert wait_until(lambda: show.desk.get(AMOUNT) == 1.5)
    show.desk.post(f"{TINT}/red", 0.0, "osc")
    browser.wait_for(f"document.querySelector(\"[data-address='{TINT}/red'] button.value\").textContent === '0.00'")
    browser.click(f"[data-star='{AMOUNT}']")
    there(browser, f"[data-group='favourites'] [data-address='{AMOUNT}']")
    show.draw()
    there(browser, f"[data-address='{AMOUNT}']", is_there=False)
    assert browser.value("document.querySelector(\"[data-group='isf']\").hidden") is True
    show.draw("veil")
    there(browser, ROW)
    there(browser, f"[data-group='favourites'] [data-address='{AMOUNT}']")
    assert browser.value("document.body.dataset.mine") == "still here", "the page was not loaded anew"
    assert browser.complaints() == []
