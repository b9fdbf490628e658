"""All shader files as they were at one moment, those that ship and the venue's own, and which passes there are.

A show compiles from one such snapshot and never from the disk: what is half written is nobody's, what fails goes back
to the text before, and no disk holds up a picture. Pure apart from `read_sources` and `stamps_of`, for any thread.
"""

import difflib
import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final

from installation.isf.header import IsfError, IsfHeader, read_header
from installation.render.shader import SHADERS, ShaderError, ShaderPair, read_shader
from s2s.files.ordinary import read_ordinary
from s2s.files.quote import LONGEST_QUOTE, one_line, quoted

Stamp = tuple[int, int, int]
"""When a file was written (ns), its size in bytes, its number: one that is renamed into its place has another."""

_FOLDERS: Final = (".", "include", "stages")
_ENDINGS: Final = (".frag", ".vert", ".glsl", ".fs", ".vs")
_PASSES: Final = (".frag", ".fs")
ISF: Final = ".fs"
_MOST_BYTES: Final = 262_144
_MOST_FILES: Final = 500
"""Of one folder; what a venue has is far below, and a folder that was named by mistake is not read to its end."""
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_ -]{0,63}")


class ShaderSources:
    """`texts` by file, `unreadable` says why of those that are none; `own` is the venue's folder. Never changes; two
    with the same content are equal.
    """

    def __init__(
        self, texts: Mapping[Path, str], unreadable: Mapping[Path, str] | None = None, own: Path | None = None
    ) -> None:
        self.texts, self.unreadable, self.own = dict(texts), dict(unreadable or {}), own

    @cached_property
    def _digest(self) -> bytes:
        digest = hashlib.sha256()
        for path, text in sorted((*self.texts.items(), *self.unreadable.items())):
            digest.update(f"{path}\0{len(text)}\0{text}".encode(errors="surrogateescape"))
        return digest.digest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ShaderSources) and self._digest == other._digest

    def __hash__(self) -> int:
        return hash(self._digest)

    def lines(self, path: Path, referrer: str) -> list[str]:
        """Return the lines of `path`. Raises ShaderError that names `referrer` where there is no such text."""
        text = self.texts.get(path)
        if text is None:
            why = self.unreadable.get(path, "no such file")
            raise ShaderError(f"{referrer}: cannot read {path.name} ({why})", (path,))
        return text.splitlines()

    def include(self, name: str) -> Path:
        """Return the file that `#include "name"` means: one that ships, else the venue's own."""
        shipped = SHADERS / "include" / name
        own = shipped if self.own is None else self.own / "include" / name
        return own if own in self.texts and shipped not in self.texts else shipped

    def pair(self, path: Path) -> ShaderPair:
        """Return the vertex and the fragment shader of the file `path`, the common vertex shader where it has none of
        its own. Raises ShaderError.
        """
        own = path.with_suffix(".vert")
        return read_shader(own if self.has(own) else SHADERS / "stages" / "screen.vert", self), read_shader(path, self)

    def has(self, path: Path) -> bool:
        """Return whether there is such a file."""
        return path in self.texts or path in self.unreadable

    @cached_property
    def passes(self) -> Mapping[str, Path]:
        """The passes that a preset may name, and their files: those that ship come before the venue's own."""
        found: dict[str, Path] = {}
        for path in self._candidates():
            if _NAME.fullmatch(path.stem):
                found.setdefault(path.stem, path)
        return found

    @cached_property
    def clashes(self) -> tuple[str, ...]:
        """Files that are no pass because of their names, each in one line."""
        said = []
        for path in self._candidates():
            taken = self.passes.get(path.stem)
            if taken is None:
                said.append(f"{_shown(path)} is no pass: a name has letters, digits, _ and -, 64 at most")
            elif taken != path:
                where = "ships" if taken.parent == SHADERS else f"is {_shown(taken)}"
                said.append(f"{_shown(path)} is no pass: another {quoted(path.stem)} {where}; rename it")
        own = () if self.own is None else sorted(path for path in self.texts if path.parent == self.own / "include")
        for path in own:
            if SHADERS / "include" / path.name in self.texts:
                said.append(f"include/{path.name} of the venue is not included: one of that name ships")
        return tuple(said)

    def _candidates(self) -> Iterator[Path]:
        for folder in (SHADERS, self.own):
            for ending in _PASSES:
                yield from sorted(path for path in self._files if path.parent == folder and path.suffix == ending)

    @property
    def _files(self) -> set[Path]:
        return {*self.texts, *self.unreadable}

    def pass_path(self, name: str) -> Path:
        """Return the file of pass `name`. Raises ShaderError that names the nearest pass."""
        path = self.passes.get(name)
        if path is not None:
            return path
        close = difflib.get_close_matches(name[:LONGEST_QUOTE], self.passes, n=1, cutoff=0.5)
        hint = f"did you mean {close[0]!r}?" if close else f"there are {one_line(', '.join(sorted(self.passes)), 400)}"
        raise ShaderError(f"there is no pass {quoted(name)} in shaders/; {hint}")

    def isf_header(self, name: str) -> IsfHeader | None:
        """Return what the ISF pass `name` says of itself, None where it is none. Raises ShaderError."""
        path = self.passes.get(name)
        if path is None or path.suffix != ISF:
            return None
        try:
            return read_header("\n".join(self.lines(path, f"passes: {name}")))
        except IsfError as error:
            raise ShaderError(f"{_shown(path)}:{error.line}: {error}", (path,)) from error

    @cached_property
    def isf_headers(self) -> Mapping[str, IsfHeader]:
        """The headers of all ISF passes that have a good one."""
        headers = {}
        for name in self.passes:
            try:
                header = self.isf_header(name)
            except ShaderError:  # whoever names it in a preset is told
                continue
            if header is not None:
                headers[name] = header
        return headers

    def with_former(self, files: Sequence[Path], former: "ShaderSources") -> "ShaderSources":
        """Return these, with `files` as they were in `former`."""
        texts, unreadable = dict(self.texts), dict(self.unreadable)
        for path in files:
            for now, before in ((texts, former.texts), (unreadable, former.unreadable)):
                now.pop(path, None)
                if path in before:
                    now[path] = before[path]
        return ShaderSources(texts, unreadable, self.own)


def read_sources(own: Path | None = None) -> ShaderSources:
    """Return all shader files as they are now: those that ship, and those in the venue's folder `own`."""
    texts: dict[Path, str] = {}
    unreadable: dict[Path, str] = {}
    for path in stamps_of(own):
        try:
            body = read_ordinary(path, _MOST_BYTES + 1)
            if len(body) > _MOST_BYTES:
                unreadable[path] = f"longer than {_MOST_BYTES >> 10} KiB"
            else:
                texts[path] = body.decode("utf-8-sig")
        except OSError as error:
            unreadable[path] = one_line(error.strerror or error)
        except UnicodeDecodeError:
            unreadable[path] = "not UTF-8"
    return ShaderSources(texts, unreadable, own)


def stamps_of(own: Path | None = None) -> dict[Path, Stamp]:
    """Return the shader files there are, and by what another content of theirs is known."""
    stamps: dict[Path, Stamp] = {}
    for root in (SHADERS, own):
        for folder in () if root is None else (root / name for name in _FOLDERS):
            stamps.update(_files_in(folder))
    return stamps


def _files_in(folder: Path) -> dict[Path, Stamp]:
    found: dict[Path, Stamp] = {}
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                path = folder / entry.name
                if path.suffix in _ENDINGS and not entry.name.startswith(".") and path.is_file():
                    stat = path.stat()
                    found[path] = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
                if len(found) >= _MOST_FILES:
                    break
    except OSError:  # a folder that is not there, or a file that has just gone
        pass
    return found


def _shown(path: Path) -> str:
    return one_line(f"{path.parent.name}/{path.name}")
