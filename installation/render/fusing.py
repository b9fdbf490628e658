"""Several passes as one shader: each spares a picture that would be written, and read again for a fifth of its cost.

Pure text. A pass that asks for `picture()` alone can be drawn with the one before it; the file stays a whole shader.
"""

import re
from collections.abc import Container, Sequence
from pathlib import Path
from typing import Final

from installation.render.isf_text import isf_fragment, isf_vertex
from installation.render.shader import SHADERS, ShaderText, expand, read_shader
from installation.render.shader_sources import ISF, ShaderSources

_COMMENT: Final = re.compile(r"//.*")
_MAIN: Final = re.compile(r"\bvoid\s+main\s*\(\s*(?:void)?\s*\)")
_PICTURE: Final = re.compile(r"\bpicture\s*\(\s*\)")
_VERSION: Final = re.compile(r"^\s*#version\b.*")
_DECLARED: Final = re.compile(r"^\s*((?:flat\s+)?(?:in|out|uniform)\s+\w+\s+\w+)\s*;")
_OUTPUT: Final = re.compile(r"^\s*out\s+vec4\s+o_colour\s*;", re.MULTILINE)
_NAMED: Final = re.compile(r"^(?:const\s+)?\w+\s+(\w+)\s*[=(]", re.MULTILINE)


def grouped(names: Sequence[str], sources: ShaderSources, whole: Container[str] = ()) -> list[tuple[str, ...]]:
    """Return the passes `names` in groups, each drawn as one shader; the order stays.

    A pass begins a group where it reads `u_picture` at places of its own, or is one of `whole`, which need all of the
    picture before; one that is shown what it drew last (`u_last`) ends a group, which then holds just that. An ISF
    pass has names of its own for everything, and is a group.
    """
    groups: list[tuple[str, ...]] = []
    own: list[str] = []
    for name in names:
        path = sources.pass_path(name)
        text = _COMMENT.sub("", "\n".join(sources.lines(path, f"passes: {name}")))
        alone = path.suffix == ISF or (bool(groups) and sources.pass_path(groups[-1][-1]).suffix == ISF)
        joins = bool(groups) and "u_picture" not in text and name not in whole and not alone
        if joins and "u_last" not in own[-1] and _names(text).isdisjoint(_names("\n".join(own))):
            groups[-1] = (*groups[-1], name)
            own.append(text)
        else:
            groups.append((name,))
            own = [text]
    return groups


def fused_fragment(paths: Sequence[Path], sources: ShaderSources) -> ShaderText:
    """Return one shader that draws the passes in `paths` one after the other. Raises ShaderError as `read_shader`."""
    if paths[0].suffix == ISF:
        return isf_fragment(paths[0], sources)
    return read_shader(paths[0], sources) if len(paths) == 1 else _fused(paths, _PICTURE, sources)


def finishes(text: ShaderText) -> bool:
    """Return whether a pass can be `finished`: an ISF pass, or one that calls its output something else, cannot."""
    return _OUTPUT.search(text.text) is not None and all(path.suffix != ISF for path in text.files)


def finished(text: ShaderText, sources: ShaderSources) -> ShaderText:
    """Return the fragment shader `text` with the step to the screen's 8 bits at its end."""
    files = list(text.files)
    path, number = SHADERS / "stages" / "finish.frag", len(files)
    part = _MAIN.sub("void to_bytes()", "\n".join(expand(path, files, f"shaders/{path.name}", sources)))
    lines = _MAIN.sub("void draw_passes()", text.text).splitlines()
    lines += [f"#line 1 {number}", *(_VERSION.sub("", line) for line in part.splitlines())]
    return ShaderText("\n".join([*_declared_once(lines), "void main() { draw_passes(); to_bytes(); }"]), tuple(files))


def fused_vertex(paths: Sequence[Path], sources: ShaderSources) -> ShaderText:
    """Return the vertex shader of those passes: each one's own, and for those without one the common one."""
    common = SHADERS / "stages" / "screen.vert"
    if paths[0].suffix == ISF:
        own = [path for path in [paths[0].with_suffix(".vs")] if sources.has(path)]
        return isf_vertex(own[0], paths[0], sources) if own else read_shader(common, sources)
    own = [path.with_suffix(".vert") for path in paths if sources.has(path.with_suffix(".vert"))]
    if len(own) == len(paths) == 1:
        return read_shader(own[0], sources)
    return _fused([common, *own], None, sources) if own else read_shader(common, sources)


def _fused(paths: Sequence[Path], handed_on: re.Pattern[str] | None, sources: ShaderSources) -> ShaderText:
    files: list[Path] = []
    lines: list[str] = []
    for index, path in enumerate(paths):
        number = len(files)
        part = "\n".join(expand(path, files, f"shaders/{path.name}", sources))
        part = _MAIN.sub(f"void draw_{index}()", part)
        if number:
            part = _PICTURE.sub("o_colour.rgb", part) if handed_on else part
            lines += [f"#line 1 {number}", *(_VERSION.sub("", line) for line in part.splitlines())]
        else:
            lines += part.splitlines()
    calls = " ".join(f"draw_{index}();" for index in range(len(paths)))
    return ShaderText("\n".join([*_declared_once(lines), f"void main() {{ {calls} }}"]), tuple(files))


def _declared_once(lines: Sequence[str]) -> list[str]:
    """Leave out what was declared before; the lines keep their numbers."""
    known: set[str] = set()
    kept = []
    for line in lines:
        match = _DECLARED.match(line)
        words = " ".join(match[1].split()) if match else ""
        kept.append("" if words in known else line)
        known |= {words} - {""}
    return kept


def _names(text: str) -> set[str]:
    """Return what the text of a pass calls its own; two that use one name cannot share a shader."""
    return set(_NAMED.findall(text)) - {"main"}
