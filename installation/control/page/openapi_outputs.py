"""The part of the OpenAPI document that is about outputs. Pure."""

from typing import Any, Final

from installation.outputs.layout import (
    CORNER_RANGE,
    MASK_POINTS,
    MOST_DELAY_FRAMES,
    MOST_MASKS,
    MOST_OUTPUTS,
    Layout,
    layout_document,
)

Json = dict[str, Any]

_NAME: Final = {"type": "string", "pattern": "^[a-z0-9-]{1,40}$"}
_ERROR: Final = {"$ref": "#/components/schemas/Error"}
_OUTPUT: Final = {"$ref": "#/components/schemas/Output"}
_LIST: Final = {"$ref": "#/components/schemas/Outputs"}
_REFUSALS: Final = {
    "400": "The body is no JSON object, or too long",
    "401": "The token is missing",
    "403": "It comes from a foreign site",
    "404": "There is no such output",
    "422": "It cannot be shown: the error says which key, what was expected and what came",
}


def outputs_paths() -> Json:
    """Return the paths and their operations."""
    name = {"name": "name", "in": "path", "required": True, "schema": _NAME}
    span = [{"name": "left", "part": [0, 0, 0.55, 1]}, {"name": "right", "monitor": 1, "part": [0.45, 0, 1, 1]}]
    change = {"corner": {"2": [0.97, 0.03]}, "blend": {"left": 0.1}}
    everything = _body({**_LIST_SCHEMA, "examples": [{"outputs": span}]})
    one = _body({**_output_schema(), "required": ["name"], "examples": [{"name": "balcony", "monitor": 1}]})
    some = _body({**_change_schema(), "examples": [change]})
    return {
        "/api/outputs": {
            "get": _operation("outputs", "Where the picture lies, and on which monitors it could", _LIST, "401", "404"),
            "put": _operation("set_outputs", "Another set of outputs in place of all", _LIST, *_REFUSALS) | everything,
            "post": _operation("add_output", "One more output", _OUTPUT, *_REFUSALS, done="201") | one,
        },
        "/api/outputs/{name}": {
            "get": _operation("output", "One output", _OUTPUT, "401", "404") | {"parameters": [name]},
            "patch": _operation("change_output", "Change some of an output; a new name renames it", _OUTPUT, *_REFUSALS)
            | some
            | {"parameters": [name]},
            "delete": _operation("remove_output", "Show nothing there any more", _LIST, "401", "403", "404", "422")
            | {"parameters": [name]},
        },
    }


def outputs_schemas() -> Json:
    """Return the schemas that the paths refer to."""
    return {"Output": _output_schema(), "Outputs": _LIST_SCHEMA}


def _output_schema() -> Json:
    share = {"type": "number", "minimum": 0, "maximum": 1}
    edge = {"type": "number", "minimum": 0, "maximum": 0.5}
    corner = {"type": "number", "minimum": CORNER_RANGE[0], "maximum": CORNER_RANGE[1]}
    fewest, most = MASK_POINTS
    mask = {"type": "array", "items": _list_of(share, 2), "minItems": fewest, "maxItems": most}
    sides = dict.fromkeys(("left", "right", "top", "bottom"), edge)
    usual = layout_document(Layout())["outputs"][0]
    fields: Json = {
        "name": _NAME,
        "monitor": {"type": ["integer", "string"], "description": "By its number, or by the system's name"},
        "part": _list_of(share, 4) | {"description": "Of the picture: left, top, right, bottom"},
        "fit": {
            "enum": ["cover", "contain", "stretch"],
            "description": "How the whole picture meets a monitor of another shape; a part lies edge to edge",
        },
        "flip": {"enum": ["none", "horizontal", "vertical", "both"]},
        "rotate": {"enum": [0, 90, 180, 270], "description": "Clockwise, in degrees, after the flip"},
        "corners": _list_of(_list_of(corner, 2), 4)
        | {"description": "x, y in shares of the monitor: top left, top right, bottom right, bottom left"},
        "masks": {"type": "array", "items": mask, "maxItems": MOST_MASKS, "description": "Polygons that stay black"},
        "blend": {
            "type": "object",
            "properties": {**sides, "gamma": {"type": "number", "minimum": 1, "maximum": 4}},
            "description": "How far each side fades, in shares of it, for projectors of this gamma",
        },
        "delay_frames": {"type": "integer", "minimum": 0, "maximum": MOST_DELAY_FRAMES},
    }
    return {
        "type": "object",
        "properties": {key: {**schema, "default": usual[key]} for key, schema in fields.items()},
    }


def _change_schema() -> Json:
    schema = _output_schema()
    numbered = {"type": "object", "additionalProperties": {"type": ["array", "null"]}}
    return {
        **schema,
        "properties": {
            **schema["properties"],
            "corner": numbered | {"description": 'Some corners, from 1 at the top left clockwise: {"2": [0.97, 0.03]}'},
            "mask": numbered | {"description": "Some masks, from 1; null takes one away, the next number adds one"},
        },
    }


_LIST_SCHEMA: Final[Json] = {
    "type": "object",
    "required": ["outputs"],
    "properties": {
        "outputs": {"type": "array", "items": _OUTPUT, "minItems": 1, "maxItems": MOST_OUTPUTS},
        "monitors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    **{"number": {"type": "integer"}, "name": {"type": "string"}},
                    **{"width_px": {"type": "integer"}, "height_px": {"type": "integer"}},
                },
            },
        },
    },
}


def _operation(name: str, summary: str, told: Json, *refusals: str, done: str = "200") -> Json:
    answers = {done: _content("As it is now", told)}
    return {
        **{"tags": ["outputs"], "operationId": name, "summary": summary},
        "responses": {**answers, **{code: _content(_REFUSALS[code], _ERROR) for code in refusals}},
    }


def _body(schema: Json) -> Json:
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def _content(words: str, schema: Json) -> Json:
    return {"description": words, "content": {"application/json": {"schema": schema}}}


def _list_of(item: Json, count: int) -> Json:
    return {"type": "array", "items": item, "minItems": count, "maxItems": count}
