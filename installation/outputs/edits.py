"""Changes of a layout as plain values, the way page, REST and OSC say them. Pure.

A change of an output holds fields as `outputs.yaml` has them, and of what has parts only some: `blend: {left: 0.1}`,
`corner: {"2": [0.97, 0.03]}` (1 top left, then clockwise), `mask: {"1": [[x, y], …]}` (null takes that mask away, the
number after the last one adds one).
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from installation.outputs.layout import (
    CORNER_NAMES,
    MOST_MASKS,
    Layout,
    LayoutError,
    Output,
    checked,
    layout_document,
    parse_layout,
    rounded,
)
from s2s.files.quote import quoted

Entry = dict[str, Any]
_CORNERS: Final = {str(number): name for number, name in enumerate(CORNER_NAMES, 1)}


def changed(layout: Layout, name: str, change: Mapping[str, Any]) -> Layout:
    """Return `layout` with a change of the output `name`. Raises LayoutError in one line."""
    output = layout.output(name)
    new = _changed(output, change)
    return checked(Layout(tuple(new if one is output else one for one in layout.outputs)))


def added(layout: Layout, entry: Mapping[str, Any]) -> Layout:
    """Return `layout` with one more output, of which at least the name is said. Raises LayoutError in one line."""
    return checked(Layout((*layout.outputs, _read(entry))))


def removed(layout: Layout, name: str) -> Layout:
    """Return `layout` without the output `name`. Raises LayoutError: also for the last one."""
    layout.output(name)
    if len(layout.outputs) == 1:
        raise LayoutError(f"{name!r} is the only output: a picture is shown somewhere")
    return Layout(tuple(output for output in layout.outputs if output.name != name))


def output_document(output: Output) -> Entry:
    """Return one output as plain values."""
    entry: Entry = layout_document(Layout((output,)))["outputs"][0]
    return entry


def _changed(output: Output, change: Mapping[str, Any]) -> Output:
    """Return `output` changed. What is not said is not looked at again: masks have many points, and hands move fast."""
    now = partial(_document_of, output)
    new = {key: value for key, value in change.items() if key not in ("corner", "mask")}
    if isinstance(new.get("blend"), Mapping):
        new["blend"] = {**now("blend"), **new["blend"]}
    if "corner" in change:
        new["corners"] = _corners(new["corners"] if "corners" in new else now("corners"), change["corner"])
    if "mask" in change:
        new["masks"] = _masks(new["masks"] if "masks" in new else now("masks"), change["mask"])
    read = _read({"name": output.name, **new})
    return replace(output, **{key: getattr(read, key) for key in new})


def _read(entry: Mapping[str, Any]) -> Output:
    """Return one output that is said by itself. Raises LayoutError, which then counts none before it."""
    try:
        (output,) = parse_layout({"outputs": [rounded(dict(entry))]}).outputs
    except LayoutError as error:
        raise LayoutError(str(error).replace("output 1", "output", 1)) from None
    return output


def _document_of(output: Output, key: str) -> Any:
    """Return one of an output's fields as plain values."""
    only = Output(output.name, **{key: getattr(output, key)})
    return output_document(only)[key]


def _corners(corners: Any, said: Any) -> list[Any]:
    where = 'corner takes numbers 1 to 4 with their places, as {"2": [0.97, 0.03]}'
    if not isinstance(said, Mapping) or not isinstance(corners, list) or not said.keys() <= _CORNERS.keys():
        raise LayoutError(f"{where}, got {quoted(said)}")
    return [said.get(str(number), place) for number, place in enumerate(corners, 1)]


def _masks(masks: Any, said: Any) -> list[Any]:
    where = f"mask takes numbers 1 to {MOST_MASKS} with their points, or null"
    if not isinstance(said, Mapping) or not isinstance(masks, list):
        raise LayoutError(f"{where}, got {quoted(said)}")
    new = list(masks)
    for number, points in said.items():
        place = int(number) - 1 if number.isascii() and number.isdigit() and len(number) <= 2 else -1
        if not 0 <= place <= len(new):
            raise LayoutError(f"{where}, those that there are and the next: 1 to {len(new) + 1}, got {quoted(number)}")
        new[place : place + 1] = [points]
    return [points for points in new if points is not None]


def joined(before: Mapping[str, Any], after: Mapping[str, Any]) -> Entry:
    """Return the one change that does what two in a row do, where the second may be said of the first's result."""
    both: Entry = {**before, **after}
    for part, whole in (("corner", "corners"), ("mask", "masks"), ("blend", "")):
        if whole not in after and isinstance(before.get(part), Mapping) and isinstance(after.get(part), Mapping):
            both[part] = {**before[part], **after[part]}
        elif whole in after and part not in after:
            both.pop(part, None)
    return both
