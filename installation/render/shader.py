"""Shader text from `shaders/`: includes, compilation, and errors as one line with file and line number.

Lives on the show's main thread. Knows no pass by name; `shader_sources` knows which there are.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import moderngl

from installation.exit_codes import ExitCode

SHADERS: Final = Path(__file__).resolve().parents[2] / "shaders"

Uniform = float | int | Sequence[float]

_INCLUDE: Final = re.compile(r'^\s*#include\s+"([^"]+)"\s*$')
# Mesa says "0:12(5): error: …", NVIDIA "0(12) : error …", Intel, AMD and Apple "ERROR: 0:12: …".
_MESSAGE: Final = re.compile(r"(?:ERROR:\s*)?(\d+)(?::(\d+)(?:\(\d+\))?|\((\d+)\))\s*:\s*(.*)")
_QUOTED: Final = re.compile(r"[`'\"](\w+)['\"]")
_LINE: Final = re.compile(r"^#line (\d+) (\d+)$")


class ShaderError(Exception):
    """A shader that is missing or does not compile; the message is one line that names file and line.

    `files` are all that the shader is made of: what has to go back to how it was, for the show to go on.
    """

    exit_code: Final = ExitCode.USAGE

    def __init__(self, message: str, files: Sequence[Path] = ()) -> None:
        super().__init__(message)
        self.files = tuple(files)


class Sources(Protocol):
    """Where the text of shaders comes from."""

    def lines(self, path: Path, referrer: str) -> list[str]:
        """Return the lines of `path` as they are. Raises ShaderError that names `referrer` where it cannot be read."""
        ...

    def include(self, name: str) -> Path:
        """Return the file that `#include "name"` means, which need not be there."""
        ...


class Disk:
    """The files that ship, as they are on the disk now."""

    def lines(self, path: Path, referrer: str) -> list[str]:
        try:
            return path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise ShaderError(f"{referrer}: cannot read {path.name} ({error})") from error

    def include(self, name: str) -> Path:
        return SHADERS / "include" / name


_DISK: Final = Disk()


@dataclass(frozen=True, slots=True)
class ShaderText:
    """GLSL with its includes in place; `files` are numbered as the `#line` directives count them."""

    text: str
    files: tuple[Path, ...]


ShaderPair = tuple[ShaderText, ShaderText]
"""A vertex and a fragment shader."""


def read_shader(path: Path, sources: Sources = _DISK) -> ShaderText:
    """Return the text of `path` with every `#include "name"` replaced by that file of `shaders/include/`, once.

    Raises ShaderError where a file cannot be read.
    """
    files: list[Path] = []
    text = "\n".join(expand(path, files, f"shaders/{path.name}", sources))
    return ShaderText(text, tuple(files))


def expand(path: Path, files: list[Path], referrer: str, sources: Sources = _DISK) -> list[str]:
    """Return the lines of `path`, those of its includes in their places, and count all of these files in `files`.

    What is in `files` already is not included again. Raises ShaderError as `read_shader` does.
    """
    number = len(files)
    files.append(path)
    expanded: list[str] = []
    try:
        lines = sources.lines(path, referrer)
    except ShaderError as error:
        raise ShaderError(str(error), files) from error
    for line_number, line in enumerate(lines, start=1):
        include = _INCLUDE.match(line)
        if include is None:
            expanded.append(line)
            continue
        included = sources.include(include[1])
        if included not in files:
            expanded.append(f"#line 1 {len(files)}")
            expanded.extend(expand(included, files, f"{path.name}:{line_number}", sources))
        expanded.append(f"#line {line_number + 1} {number}")
    return expanded


class Shader:
    """A fragment shader over the whole of its target, with the vertex shader of the same name where there is one.

    `uniforms` and `textures` that the shader does not declare are left out, so every pass can be offered all of them.
    """

    def __init__(self, context: moderngl.Context, path: Path, texts: ShaderPair | None = None) -> None:
        """`texts`, a vertex and a fragment shader's, are drawn instead of the files beside and at `path`.

        Raises ShaderError that names file and line.
        """
        own = path.with_suffix(".vert")
        vertex, fragment = texts or (
            read_shader(own if own.exists() else SHADERS / "stages" / "screen.vert"),
            read_shader(path),
        )
        try:
            self._program = context.program(vertex_shader=vertex.text, fragment_shader=fragment.text)
        except moderngl.Error as error:
            faulty = vertex if "\nvertex_shader" in str(error) else fragment
            words = _in_one_line(str(error), path, faulty)
            raise ShaderError(words, (*vertex.files, *fragment.files)) from error
        self._triangle = context.vertex_array(self._program, [])
        members = {name: self._program[name] for name in self._program}
        self._uniforms = {name: item for name, item in members.items() if isinstance(item, moderngl.Uniform)}
        self._told: dict[str, Uniform] = {}

    def takes(self, name: str) -> bool:
        """Return whether the shader uses the uniform or texture `name`."""
        return name in self._uniforms

    def draw(
        self,
        target: moderngl.Framebuffer,
        uniforms: Mapping[str, Uniform],
        textures: Mapping[str, moderngl.Texture],
    ) -> None:
        """Draw over the whole viewport of `target`."""
        for name in self._uniforms.keys() & uniforms.keys():
            self._tell(name, uniforms[name])
        for unit, (name, texture) in enumerate(textures.items()):
            if name in self._uniforms:
                texture.use(unit)
                self._tell(name, unit)
        target.use()
        self._triangle.render(moderngl.TRIANGLES, vertices=3)

    def _tell(self, name: str, value: Uniform) -> None:
        # A program keeps what it was told, and telling costs more than looking: most stay as they were.
        if self._told.get(name) != value:
            self._uniforms[name].value = value
            self._told[name] = tuple(value) if isinstance(value, Sequence) else value

    def release(self) -> None:
        self._triangle.release()
        self._program.release()


def _in_one_line(log: str, path: Path, text: ShaderText) -> str:
    for line in log.splitlines():
        match = _MESSAGE.search(line)
        if match is None:
            continue
        number, mesa_line, nvidia_line, message = match.groups()
        file = _file_of(int(number), int(mesa_line or nvidia_line), message, text)
        return f"{_shown(path if file is None else file)}:{mesa_line or nvidia_line}: {message}"
    return f"{_shown(path)}: {' '.join(log.split())}"


def _file_of(number: int, line: int, message: str, text: ShaderText) -> Path | None:
    """Return the file that a message is about: the one it counts, unless the word that it quotes is on that line of
    another alone. Mesa calls every file the first one where a name is unknown.
    """
    word = _QUOTED.search(message)
    if word is not None:
        holders = [file for file, content in _on_line(text, line) if re.search(rf"\b{re.escape(word[1])}\b", content)]
        if holders and number not in holders:
            number = holders[0]
    return text.files[number] if number < len(text.files) else None


def _on_line(text: ShaderText, wanted: int) -> Iterator[tuple[int, str]]:
    """Yield what is on line `wanted` of each file, by the file's number."""
    line, file = 0, 0
    for content in text.text.splitlines():
        line += 1
        directive = _LINE.match(content)
        if directive is not None:
            line, file = int(directive[1]) - 1, int(directive[2])
        elif line == wanted:
            yield file, content


def _shown(path: Path) -> str:
    """Return a file as an artist knows it: its folder of shaders and its name, wherever that lies."""
    folder = path.parent.parent if path.parent.name in ("include", "stages") else path.parent
    return str(path.relative_to(folder.parent))
