"""The outputs of a venue: on which monitor which part of the picture lies, and how it is fitted to the wall there.

`outputs.yaml` in the venue's folder, checked as presets and cues are; `installation/manual/outputs.md` explains the
keys. Pure.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from installation.document_faults import Location, first_fault
from installation.exit_codes import ExitCode
from s2s.files.document import Bounds, DocumentError, read_yaml
from s2s.files.quote import one_line, quoted

BOUNDS: Final = Bounds(bytes=131_072, levels=8, values=12_000)
MOST_OUTPUTS: Final = 8
MOST_MASKS: Final = 16
MASK_POINTS: Final = (3, 32)
MOST_DELAY_FRAMES: Final = 30
CORNER_RANGE: Final = (-0.5, 1.5)
CORNER_NAMES: Final = ("top left", "top right", "bottom right", "bottom left")
SMALLEST_PART: Final = 0.01
USUAL_GAMMA: Final = 2.2
_DIGITS: Final = 6
LEAST_TURN: Final = 1e-3
"""Twice the least area, in shares of the output, of the triangle at a corner: flatter ones cannot be looked through."""

Flip = Literal["none", "horizontal", "vertical", "both"]
Rotation = Literal[0, 90, 180, 270]
Fit = Literal["cover", "contain", "stretch"]
Part = tuple[float, float, float, float]


class LayoutError(ValueError):
    """Outputs that cannot be read or used; the message is one line."""

    exit_code: Final = ExitCode.USAGE


@dataclass(frozen=True, slots=True)
class Point:
    """A place on an output, in shares of its sides: 0, 0 is the top left of the monitor, 1, 1 the bottom right."""

    x: float
    y: float


Corners = tuple[Point, Point, Point, Point]
UNPINNED: Final[Corners] = (Point(0.0, 0.0), Point(1.0, 0.0), Point(1.0, 1.0), Point(0.0, 1.0))
WHOLE: Final[Part] = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Blend:
    """How the picture fades towards its edges, where another output goes on: shares of its side, 0 to 0.5. `gamma` is
    the projectors', 1 to 4: the light of two fades that overlap adds up to that of one output.
    """

    left: float = 0.0
    right: float = 0.0
    top: float = 0.0
    bottom: float = 0.0
    gamma: float = USUAL_GAMMA

    @property
    def is_none(self) -> bool:
        """Whether no edge fades."""
        return self.left == self.right == self.top == self.bottom == 0.0


@dataclass(frozen=True, slots=True)
class Output:
    """One monitor and what is seen on it.

    `part` is left, top, right, bottom of the picture, in shares of it: the whole is a mirror, less a span. It is
    flipped, then turned clockwise by `rotate` degrees, then pinned to `corners` (top left, top right, bottom right,
    bottom left, -0.5 to 1.5) of the monitor. `masks` are polygons of the monitor that stay black. `fit` is how the
    whole picture meets a monitor of another shape; a part lies edge to edge, for its neighbours go on there.
    """

    name: str
    monitor: int | str = 0
    part: Part = WHOLE
    fit: Fit = "cover"
    flip: Flip = "none"
    rotate: Rotation = 0
    corners: Corners = UNPINNED
    masks: tuple[tuple[Point, ...], ...] = ()
    blend: Blend = Blend()
    delay_frames: int = 0

    @property
    def is_plain(self) -> bool:
        """Whether the whole picture lies on the whole monitor as it is."""
        return self == Output(self.name, self.monitor, fit=self.fit, blend=Blend(gamma=self.blend.gamma))

    @property
    def is_fitted(self) -> bool:
        """Whether it shows the whole picture in a shape of its own."""
        return self.part == WHOLE and self.fit != "stretch"

    @property
    def is_on_end(self) -> bool:
        """Whether the picture's width lies along the monitor's height."""
        return self.rotate in (90, 270)


@dataclass(frozen=True, slots=True)
class Layout:
    """All outputs of a venue, one to eight."""

    outputs: tuple[Output, ...] = (Output("wall"),)

    @property
    def is_plain(self) -> bool:
        """Whether there is one output that shows the picture as it is."""
        return len(self.outputs) == 1 and self.outputs[0].is_plain

    def output(self, name: str) -> Output:
        """Return the output of that name. Raises LayoutError."""
        for output in self.outputs:
            if output.name == name:
                return output
        raise LayoutError(f"there is no output {quoted(name)}; there are: {', '.join(o.name for o in self.outputs)}")


def _number(low: float, high: float) -> Any:
    return Field(ge=low, le=high, strict=True, allow_inf_nan=False)


def _printable(text: str) -> str:
    if not text.isprintable() or not text.strip():
        raise ValueError("expected a monitor's number, or its name as --list-devices tells it")
    return text


_Share = Annotated[float, _number(0.0, 1.0)]
_Corner = Annotated[float, _number(*CORNER_RANGE)]
_Edge = Annotated[float, _number(0.0, 0.5)]
_Index = Annotated[int, Field(ge=0, le=63, strict=True)]
_MonitorName = Annotated[str, Field(max_length=200, strict=True), AfterValidator(_printable)]
_MaskPoints = Annotated[list[tuple[_Share, _Share]], Field(min_length=MASK_POINTS[0], max_length=MASK_POINTS[1])]


class _BlendDocument(BaseModel):
    model_config = ConfigDict(extra="forbid")

    left: _Edge = 0.0
    right: _Edge = 0.0
    top: _Edge = 0.0
    bottom: _Edge = 0.0
    gamma: Annotated[float, _number(1.0, 4.0)] = USUAL_GAMMA


class _OutputDocument(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=40, strict=True)]
    monitor: _Index | _MonitorName = 0
    part: tuple[_Share, _Share, _Share, _Share] = WHOLE
    fit: Fit = "cover"
    flip: Flip = "none"
    rotate: Rotation = 0
    corners: Annotated[list[tuple[_Corner, _Corner]], Field(min_length=4, max_length=4)] = [
        (point.x, point.y) for point in UNPINNED
    ]
    masks: Annotated[list[_MaskPoints], Field(max_length=MOST_MASKS)] = []
    blend: _BlendDocument = _BlendDocument()
    delay_frames: Annotated[int, Field(ge=0, le=MOST_DELAY_FRAMES, strict=True)] = 0


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid")

    outputs: Annotated[list[Any], Field(min_length=1, max_length=MOST_OUTPUTS)]


def read_layout(path: Path) -> Layout:
    """Return the checked outputs of a file. Raises LayoutError: file, output, key, what was expected, what came."""
    try:
        return parse_layout(read_yaml(path, BOUNDS))
    except (DocumentError, LayoutError) as error:
        raise LayoutError(f"{one_line(path.name)}: {error}") from None


def parse_layout(document: object) -> Layout:
    """Return the layout that plain values say, as YAML and JSON hold them. Raises LayoutError in one line."""
    if not isinstance(document, Mapping):
        raise LayoutError(f"expected a mapping with a list of outputs, got {quoted(document)}")
    try:
        said = _Document.model_validate(dict(document))
    except ValidationError as error:
        raise LayoutError(first_fault(error, lambda _location: _Document.model_fields)) from None
    return checked(Layout(tuple(_output(number, entry) for number, entry in enumerate(said.outputs, 1))))


def layout_document(layout: Layout) -> dict[str, Any]:
    """Return the layout as plain values, of which `parse_layout` makes the same layout again."""
    return {"outputs": [_output_document(output) for output in layout.outputs]}


def rounded(value: Any) -> Any:
    """Return plain values with their numbers as a file holds them: to a thousandth of a pixel."""
    if isinstance(value, float):
        return round(value, _DIGITS)
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return value


def checked(layout: Layout) -> Layout:
    """Return `layout` if it can be shown. Raises LayoutError for what no single value says: names, parts, corners."""
    names = [output.name for output in layout.outputs]
    if not 1 <= len(names) <= MOST_OUTPUTS:
        raise LayoutError(f"outputs: expected 1 to {MOST_OUTPUTS}, got {len(names)}")
    for number, output in enumerate(layout.outputs, 1):
        if not re.fullmatch(r"[a-z0-9-]{1,40}", output.name):
            raise LayoutError(f"output {number}: name takes a-z, 0-9 and -, got {quoted(output.name)}")
        if names.index(output.name) != number - 1:
            raise LayoutError(f"output {number}: there is another one called {output.name!r}")
        _check_shape(f"output {number} {output.name!r}", output)
    return layout


def turns(corners: Corners) -> tuple[float, ...]:
    """Return how far each corner bulges outwards: twice the area of its triangle, below 0 where it turns inwards."""
    around = zip((corners[-1], *corners[:-1]), corners, (*corners[1:], corners[0]), strict=True)
    return tuple((b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x) for a, b, c in around)


def _check_shape(where: str, output: Output) -> None:
    left, top, right, bottom = output.part
    if right - left < SMALLEST_PART or bottom - top < SMALLEST_PART:
        raise LayoutError(
            f"{where}: part takes left, top, right, bottom with left below right and top below bottom,"
            f" got {quoted(list(output.part))}"
        )
    for turn, name in zip(turns(output.corners), CORNER_NAMES, strict=True):
        if not turn >= LEAST_TURN:
            raise LayoutError(
                f"{where}: corners must bulge outwards and not cross, top left, top right, bottom right, bottom left:"
                f" look at the one {name}"
            )


def _output(number: int, entry: object) -> Output:
    named = entry.get("name") if isinstance(entry, Mapping) else None
    where = f"output {number}" + (f" {quoted(named)}" if isinstance(named, str) else "")
    if not isinstance(entry, Mapping):
        raise LayoutError(f"{where}: expected a mapping with at least a name, got {quoted(entry)}")
    try:
        said = _OutputDocument.model_validate(dict(entry))
    except ValidationError as error:
        raise LayoutError(f"{where}: {first_fault(error, _known_keys)}") from None
    one, two, three, four = (Point(x, y) for x, y in said.corners)
    return Output(
        name=said.name,
        monitor=said.monitor,
        part=said.part,
        fit=said.fit,
        flip=said.flip,
        rotate=said.rotate,
        corners=(one, two, three, four),
        masks=tuple(tuple(Point(x, y) for x, y in mask) for mask in said.masks),
        blend=Blend(**said.blend.model_dump()),
        delay_frames=said.delay_frames,
    )


def _output_document(output: Output) -> dict[str, Any]:
    blend = output.blend
    edges = {"left": blend.left, "right": blend.right, "top": blend.top, "bottom": blend.bottom}
    return {
        "name": output.name,
        "monitor": output.monitor,
        "part": list(output.part),
        "fit": output.fit,
        "flip": output.flip,
        "rotate": output.rotate,
        "corners": [[point.x, point.y] for point in output.corners],
        "masks": [[[point.x, point.y] for point in mask] for mask in output.masks],
        "blend": {**edges, "gamma": blend.gamma},
        "delay_frames": output.delay_frames,
    }


def _known_keys(location: Location) -> list[str]:
    inside = _BlendDocument if len(location) > 1 and location[0] == "blend" else _OutputDocument
    return list(inside.model_fields)
