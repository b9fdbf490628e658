"""A page that is one file: its frame, style sheet, tables, figures, pictures and sounds, nothing fetched, no script.

Whatever is no `Html` is text: names and notes of strangers cannot become markup, because nothing but `element` and
`document` makes markup. Pure but for reading the files that are inlined.
"""

import base64
import html
import mimetypes
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from s2s.media.compact import mp3_of, webp_of

# Not every machine's table has these.
_KINDS: Final = {".webp": "image/webp", ".flac": "audio/flac", ".wav": "audio/wav", ".ogg": "audio/ogg"}
_VOID: Final = frozenset({"img", "br", "meta", "wbr"})
_CONTENT: Final = "default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'"
_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1c1c1e; --faint: #63636a; --paper: #fbfbf9; --line: #deded8;
  --better: #17683a; --worse: #a02c20; --open: #7a5a00 }
@media (prefers-color-scheme: dark) { :root { --ink: #ececea; --faint: #a0a0a4; --paper: #161618; --line: #34343a;
  --better: #63c98d; --worse: #f08a7d; --open: #e0bb4e } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 72rem; padding: 1.25rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink);
  background: var(--paper) }
h1 { font-size: 1.3rem } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem }
.faint { color: var(--faint); font-size: .9rem }
.wide { overflow-x: auto } table { border-collapse: collapse }
th, td { text-align: left; padding: .3rem 1rem .3rem 0; border-top: 1px solid var(--line); vertical-align: top;
  font-variant-numeric: tabular-nums }
th[scope=row] { font-weight: inherit }
img { max-width: 100%; height: auto }
"""


class Html(str):
    """Markup that was made here; any other text is escaped before it comes into a page."""

    __slots__ = ()


def text(*parts: object) -> Html:
    """Return the parts one after the other: `Html` as it is, anything else as text."""
    return Html("".join(part if isinstance(part, Html) else html.escape(str(part)) for part in parts))


def element(name: str, /, *content: object, **attributes: str | bool | None) -> Html:
    """Return an element. `class_` is class, `aria_label` aria-label; an attribute that is None or False is left out."""
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{html.escape(value)}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    return Html(f"<{name}{written}>" + ("" if name in _VOID else f"{text(*content)}</{name}>"))


def document(title: str, body: Iterable[Html], style: str = "") -> Html:
    """Return the page; `style` is added to the common style sheet. It may load nothing, and run nothing."""
    head = text(
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", http_equiv="Content-Security-Policy", content=_CONTENT),
        element("title", title),
        Html(f"<style>{_STYLE}{style}</style>"),
    )
    lines = "\n".join(body)
    return Html(f'<!doctype html>\n<html lang="en">\n<head>{head}</head>\n<body>\n{lines}\n</body>\n</html>\n')


def table(head: Sequence[object], rows: Iterable[Sequence[object]], caption: str = "") -> Html:
    """Return a table that scrolls within itself where it is wider than the page.

    The first cell of a row heads it. A `head` of empty texts is left out.
    """
    top = element("thead", element("tr", *(element("th", cell, scope="col") for cell in head))) if any(head) else ""
    lines = [
        element("tr", element("th", first, scope="row"), *(element("td", cell) for cell in rest))
        for first, *rest in rows
    ]
    titled = element("caption", element("span", caption)) if caption else ""
    whole = element("table", titled, top, element("tbody", *lines))
    # With the keyboard one scrolls what has the focus.
    named = {"role": "region", "aria_label": caption} if caption else {}
    return element("div", whole, class_="wide", tabindex="0", **named)


def data_url(content: bytes, kind: str) -> str:
    """Return `content` as an address of itself; `kind` is its MIME type."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def picture(path: Path, alt: str, size_px: tuple[int, int] | None = None, *, compact: bool = False) -> Html:
    """Return the picture in file `path`, inlined; with its width and height its place is kept until it is drawn.

    `compact`: a PNG becomes a WebP to look at. Raises OSError, and ValueError for a file that is no picture.
    """
    size = {} if size_px is None else {"width": str(size_px[0]), "height": str(size_px[1])}
    return element("img", src=_inlined(path, "image", compact), alt=alt, **size)


def sound(path: Path, name: str, *, compact: bool = False) -> Html:
    """Return a player of the sound in file `path`, inlined, and what it is called. Raises OSError and ValueError.

    `compact`: a WAV or FLAC becomes an MP3 to listen to.
    """
    src = _inlined(path, "audio", compact)
    # Without "none" each is decoded at once, and telephones allow a page some forty players.
    player = element("audio", src=src, controls=True, preload="none", aria_label=f"play {name}")
    return element("div", element("span", name), player, class_="sound")


def _inlined(path: Path, wanted: str, compact: bool) -> str:
    ending = path.suffix.lower()
    kind = _KINDS.get(ending) or mimetypes.types_map.get(ending, "unknown")
    if not kind.startswith(f"{wanted}/"):
        raise ValueError(f"{path}: expected {wanted} of a kind that browsers know, got {ending or 'no ending'}")
    if compact and ending == ".png":
        return data_url(webp_of(path), "image/webp")
    if compact and ending in (".flac", ".wav"):
        return data_url(mp3_of(path), "audio/mpeg")
    return data_url(path.read_bytes(), kind)
