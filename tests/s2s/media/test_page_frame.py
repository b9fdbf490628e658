"""A page that is one file: what is text stays text, and what it shows is in it."""

import base64
import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from s2s.media.audio import read_audio
from s2s.media.montage import save_png
from s2s.media.page import Html, document, element, picture, sound, table, text
from s2s.media.sound_writer import write_flac

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


def test_compact_a_picture_is_looked_at_as_webp_and_a_sound_heard_as_mp3(tmp_path: Path) -> None:
    levels = np.add.outer(np.arange(400), np.arange(2400))[..., None].repeat(3, axis=2) % 256
    save_png(tmp_path / "a.png", levels.astype(np.uint8))
    write_flac(tmp_path / "a.flac", (np.sin(np.arange(16_000) / 7) / 2).astype(np.float32), 16_000)
    seen, heard = (
        base64.b64decode(re.findall(r"base64,([^\"]+)", html)[0])
        for html in (picture(tmp_path / "a.png", "", compact=True), sound(tmp_path / "a.flac", "", compact=True))
    )
    with Image.open(io.BytesIO(seen)) as opened:
        assert (opened.format, opened.size) == ("WEBP", (1920, 320))
    (tmp_path / "a.mp3").write_bytes(heard)
    played = read_audio(tmp_path / "a.mp3", 16_000)
    assert len(played) == pytest.approx(16_000, abs=1600) and np.abs(played).max() == pytest.approx(0.5, abs=0.1)
    assert len(heard) < (tmp_path / "a.flac").stat().st_size


def test_what_cannot_be_made_compact_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"no picture")
    (tmp_path / "a.wav").write_bytes(b"no sound")
    with pytest.raises(OSError, match=r"a\.png"):
        picture(tmp_path / "a.png", "", compact=True)
    with pytest.raises(ValueError, match=r"a\.wav: expected a sound"):
        sound(tmp_path / "a.wav", "", compact=True)
