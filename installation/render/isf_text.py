"""An ISF shader as one of this show's: the names of the format, and the GLSL 1.20 that it is written in. Pure text.

Interactive Shader Format 2.0, https://docs.isf.video. All that is old is translated here and nowhere else; lines keep
their numbers, so that an error leads to the file as its author knows it. A file that takes no picture is laid over the
show's by its own alpha.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from installation.isf.header import IsfHeader, IsfInput, IsfValue, read_header
from installation.isf.rows import address_of
from installation.render.shader import SHADERS, ShaderError, ShaderText, Uniform, expand

_TYPES: Final = {"float": "float", "bool": "bool", "event": "bool", "long": "int", "color": "vec4", "point2D": "vec2"}
_MAIN: Final = re.compile(r"\bvoid\s+main\s*\(\s*(?:void)?\s*\)")
_VERSION: Final = re.compile(r"^[ \t]*#[ \t]*version\b.*$", re.MULTILINE)
_OLD: Final = (
    (re.compile(r"\bgl_FragColor\b"), "isf_colour"),
    (re.compile(r"\bgl_FragData\s*\[\s*0\s*\]"), "isf_colour"),
    (re.compile(r"\btexture2D\b"), "texture"),
    (re.compile(r"\btexture2DLod\b"), "textureLod"),
    (re.compile(r"\btexture2DProj\b"), "textureProj"),
)
_VARYING: Final = re.compile(r"\bvarying\b")

_NAMES: Final = """\
uniform sampler2D u_picture;
uniform vec2 u_resolution;
uniform float u_time;
uniform float u_dt;
uniform vec4 u_date;
uniform int u_frame;
#define TIME u_time
#define TIMEDELTA u_dt
#define RENDERSIZE u_resolution
#define DATE u_date
#define FRAMEINDEX u_frame
#define PASSINDEX 0
#define inputImage u_picture
#define isf_FragNormCoord v_uv
#define vv_FragNormCoord v_uv
#define IMG_NORM_PIXEL(image, place) texture(image, place)
#define IMG_PIXEL(image, place) texture(image, (place) / vec2(textureSize(image, 0)))
#define IMG_THIS_NORM_PIXEL(image) texture(image, v_uv)
#define IMG_THIS_PIXEL(image) texture(image, v_uv)
#define IMG_SIZE(image) vec2(textureSize(image, 0))"""

_SEEN: Final = """\
void main() {
    isf_colour = vec4(0.0);
    isf_main();
    vec3 before = texture(u_picture, v_uv).rgb;
    float share = SHARE;
    bool odd = any(isnan(isf_colour)) || any(isinf(isf_colour));
    isf_seen = vec4(odd ? before : mix(before, clamp(isf_colour.rgb, 0.0, 1.0), clamp(share, 0.0, 1.0)), 1.0);
}"""
"""What cannot be seen is not handed on: one pixel that is no number would linger in the passes after it for ever."""


class _Sources(Protocol):
    def lines(self, path: Path, referrer: str) -> list[str]: ...

    def include(self, name: str) -> Path: ...


@dataclass(frozen=True, slots=True)
class IsfUniforms:
    """How an ISF pass is told its inputs: each by its own name, from where it stands or from its default."""

    inputs: tuple[tuple[str, str, IsfValue], ...]
    """Name in the shader, address, default."""

    @classmethod
    def of(cls, name: str, header: IsfHeader) -> "IsfUniforms":
        """Return those of the pass `name`."""
        return cls(tuple((item.name, address_of(name, item.name), item.default) for item in header.inputs))

    def told(self, uniforms: Mapping[str, Uniform]) -> dict[str, Uniform]:
        """Return the shader's own uniforms, out of all that the show has."""
        return {name: uniforms.get(address, default) for name, address, default in self.inputs}


def isf_fragment(path: Path, sources: _Sources) -> ShaderText:
    """Return the fragment shader of the ISF file `path`. Raises ShaderError."""
    text = "\n".join(sources.lines(path, f"shaders/{path.name}"))
    header = read_header(text)
    if not _MAIN.search(text):
        raise ShaderError(f"{path.parent.name}/{path.name}:1: has no void main()", (path,))
    share = "1.0" if header.filters else "isf_colour.a"
    begin = ["in vec2 v_uv;", "out vec4 isf_seen;", "vec4 isf_colour;", *_declared(header)]
    body = _VARYING.sub("in", _MAIN.sub("void isf_main()", _translated(text)))
    return ShaderText(_put_together(begin, body.splitlines(), _SEEN.replace("SHARE", share)), (path,))


def isf_vertex(path: Path, fragment: Path, sources: _Sources) -> ShaderText:
    """Return the vertex shader `path` that an ISF file has beside it. Raises ShaderError."""
    text = "\n".join(sources.lines(path, f"shaders/{path.name}"))
    header = read_header("\n".join(sources.lines(fragment, f"shaders/{fragment.name}")))
    if not _MAIN.search(text):
        raise ShaderError(f"{path.parent.name}/{path.name}:1: has no void main()", (path,))
    files = [path]
    corners = expand(SHADERS / "include" / "corners.glsl", files, path.name, sources)
    set_up = "void isf_vertShaderInit() { v_uv = corner(); gl_Position = on_screen(v_uv); }"
    begin = ["out vec2 v_uv;", *_declared(header), "#line 1 1", *corners, set_up]
    body = _VARYING.sub("out", _MAIN.sub("void isf_main()", _translated(text)))
    end = "void main() { isf_vertShaderInit(); isf_main(); }"
    return ShaderText(_put_together(begin, body.splitlines(), end), tuple(files))


def _put_together(begin: list[str], body: list[str], end: str) -> str:
    return "\n".join(["#version 330 core", *begin, "#line 1 0", *body, "#line 1 0", *_on_one_line(end)])


def _on_one_line(text: str) -> list[str]:
    """Return what is ours: an error in it is the file's first line, where its header is."""
    return [" ".join(text.split())]


def _declared(header: IsfHeader) -> list[str]:
    own = [f"uniform {_TYPES[item.kind]} {item.name};" for item in _in_order(header.inputs)]
    if header.remembers:
        own += ["uniform sampler2D u_last;", f"#define {header.remembers} u_last"]
    return [line for one in (*_NAMES.splitlines(), *own) for line in ("#line 1 0", one)]


def _in_order(inputs: tuple[IsfInput, ...]) -> list[IsfInput]:
    return sorted(inputs, key=lambda item: item.name)


def _translated(text: str) -> str:
    text = _VERSION.sub("", text)
    for old, new in _OLD:
        text = old.sub(new, text)
    return text
