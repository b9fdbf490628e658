"""A page that is one file: what is text stays text, and what it shows is in it."""

import base64
from pathlib import Path

import pytest

from s2s.media.page import Html, document, element, picture, sound, table, text

HOSTILE = "<script>alert('\"&')</script>"
ESCAPED = "&lt;script&gt;alert(&#x27;&quot;&amp;&#x27;)&lt;/script&gt;"


def test_text_is_escaped_wherever_it_stands() -> None:
    assert text(HOSTILE, Html("<b>")) == ESCAPED + "<b>"
    assert element("p", HOSTILE, title=HOSTILE) == f'<p title="{ESCAPED}">{ESCAPED}</p>'
    page = document(HOSTILE, [table([HOSTILE], [[HOSTILE, HOSTILE]], HOSTILE)])
    assert "<script" not in page and page.count(ESCAPED) == 6


def test_attributes_are_written_as_browsers_read_them_or_left_out() -> None:
    written = element("a", class_="b", aria_label="c", viewBox="0 0 1 1", hidden=True, title=None, open=False)
    assert written == '<a class="b" aria-label="c" viewBox="0 0 1 1" hidden></a>'
    assert element("img", alt="") == '<img alt="">'


def test_a_table_says_what_its_head_is_of() -> None:
    assert table(["a", "b"], [["one", 1]], "Counts") == (
        '<div class="wide" tabindex="0" role="region" aria-label="Counts"><table><caption><span>Counts</span></caption>'
        '<thead><tr><th scope="col">a</th><th scope="col">b</th></tr></thead>'
        '<tbody><tr><th scope="row">one</th><td>1</td></tr></tbody></table></div>'
    )
    assert "<thead>" not in table(["", ""], [["one", 1]]) and "<caption>" not in table(["", ""], [])


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.png", "image/png"), ("a.JPG", "image/jpeg"), ("a.svg", "image/svg+xml"), ("a.webp", "image/webp")],
)
def test_a_picture_is_in_the_page(tmp_path: Path, name: str, kind: str) -> None:
    (tmp_path / name).write_bytes(b"\0picture")
    inlined = base64.b64encode(b"\0picture").decode()
    assert picture(tmp_path / name, '"a"') == f'<img src="data:{kind};base64,{inlined}" alt="&quot;a&quot;">'


@pytest.mark.parametrize(("name", "kind"), [("a.flac", "audio/flac"), ("a.wav", "audio/wav"), ("a.ogg", "audio/ogg")])
def test_a_sound_is_in_the_page_and_named_beside_its_player(tmp_path: Path, name: str, kind: str) -> None:
    (tmp_path / name).write_bytes(b"\0sound")
    player = sound(tmp_path / name, "rain, loud")
    assert f'src="data:{kind};base64,' in player and ">rain, loud</span>" in player and " controls " in player


def test_what_no_browser_shows_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("")
    with pytest.raises(ValueError, match=r"notes\.txt: expected image of a kind that browsers know, got \.txt"):
        picture(tmp_path / "notes.txt", "")
    with pytest.raises(ValueError, match=r"notes: expected audio of a kind that browsers know, got no ending"):
        sound(tmp_path / "notes", "")
