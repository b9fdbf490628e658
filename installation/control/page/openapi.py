"""The HTTP interface as an OpenAPI 3.1 document, derived from the table of parameters and from `status`. Pure.

OpenAPI 3.1 (schemas are JSON Schema 2020-12). A path's variable holds no slash there, so each parameter has its own.
"""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core.core_schema import WithDefaultSchema

from installation.control.page.openapi_outputs import outputs_paths, outputs_schemas
from installation.parameter import Kind, Parameter
from installation.parameters import PARAMETERS
from installation.status import ShowStatus

Json = dict[str, Any]

_NAMED: Final = {"preset": "/show/preset", "blackout": "/show/blackout", "freeze": "/show/freeze", "cue": "/show/cue"}

NAMED: Final[Mapping[str, str]] = {name: address for name, address in _NAMED.items() if address in PARAMETERS}
"""What an operator asks for most has a path of its own: `/api/NAME`, and the parameter's address."""

_INTRODUCTION: Final = """\
Everything that can be controlled, for hubs that speak neither OSC nor MIDI. A page on this machine alone asks for
nothing; one that the network reaches asks for the token that was printed at its start. What a parameter takes from a
controller it takes here. A change counts from the show's next turn. Live values come over the WebSocket /api/live."""

_ERROR: Final = {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}}
_JPEG: Final = {"description": "A JPEG picture", "content": {"image/jpeg": {}}}
_TYPES: Final = {
    **{Kind.FLOAT: "number", Kind.INT: "integer", Kind.BOOL: "boolean"},
    **{Kind.CHOICE: "string", Kind.TEXT: "string"},
}


def openapi(version: str) -> Json:
    """Return the document of a program of this version."""
    schemas = _status_schemas()
    schemas |= outputs_schemas()
    schemas |= {"Error": _ERROR, "Parameter": _parameter_schema(), "Health": _health_schema()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Sound to Scene", "version": version, "description": _INTRODUCTION},
        "servers": [{"url": "/"}],
        "security": [{}, {"bearer": []}, {"query": []}],
        "tags": [{"name": name} for name in ("show", "outputs", "parameters", "about")],
        "paths": {**_show_paths(), **outputs_paths(), **_parameter_paths(), **_about_paths()},
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "query": {"type": "apiKey", "in": "query", "name": "token"},
            },
        },
    }


def value_schema(row: Parameter) -> Json:
    """Return what a parameter's value may be. A trigger takes anything."""
    schema: Json = {"description": row.description}
    if row.kind is Kind.TRIGGER:
        return schema
    schema |= {"type": _TYPES[row.kind], "default": row.default}
    if row.is_number:
        schema |= {"minimum": row.low, "maximum": row.high}
    elif row.kind is Kind.CHOICE:
        schema["enum"] = list(row.choices)
    elif row.kind is Kind.TEXT:
        schema["maxLength"] = row.letters
    return schema | ({"x-unit": row.unit} if row.unit else {})


def _show_paths() -> Json:
    paths: Json = {
        "/api/presets": {"get": _read("show", "presets", "The presets there are", _list_of("string"))},
        "/api/presets/{name}/thumbnail": {"get": _thumbnail()},
        "/api/models": {"get": _read("show", "models", "The models there are", _list_of("string"))},
    }
    for name, address in NAMED.items():
        paths[f"/api/{name}"] = _value_path(name, PARAMETERS[address], tag="show")
    _body_of(paths["/api/preset"]["put"])["properties"]["value"]["examples"] = ["gallery"]
    return paths


def _parameter_paths() -> Json:
    many = {
        "type": "object",
        "properties": {address: value_schema(row) for address, row in PARAMETERS.items()},
        "patternProperties": {"^/isf/": {"description": "An input of a shader that is drawn now"}},
        "additionalProperties": False,
        "minProperties": 1,
    }
    body = {"type": "object", "required": ["values"], "properties": {"values": many}}
    every = {"type": "array", "items": _ref("Parameter")}
    paths: Json = {
        "/api/parameters": {
            "get": _read("parameters", "parameters", "Every parameter, its range and its value", every),
            "put": _write("parameters", "set_parameters", "Set many, or none where one is refused", body, body),
        }
    }
    for address, row in PARAMETERS.items():
        name = address.strip("/").replace("/", "_")
        one = _value_path(name, row, tag="parameters")
        one["get"] = _read("parameters", f"get_{name}", row.description, _ref("Parameter"))
        paths[f"/api/parameters{address}"] = one
    return paths


def _about_paths() -> Json:
    fact = {"type": ["string", "null"]}
    product = {"type": "object", "properties": {"product": fact, "version": fact, "revision": fact}}
    health = _read("about", "health", "How the show is, for monitoring: 503 where it has failed", _ref("Health"))
    health["responses"]["503"] = _content("It has failed; the reasons say why", _ref("Health"))
    picture = _read("about", "picture", "What is on the wall, small", {})
    picture["responses"]["200"] = _JPEG
    picture["responses"]["204"] = {"description": "There is none yet"}
    return {
        "/api/health": {"get": health},
        "/api/status": {"get": _read("about", "status", "How each part of the show is", _ref("ShowStatus"))},
        "/api/picture.jpg": {"get": picture},
        "/api/token": {"post": _token()},
        "/api/version": {"get": _read("about", "version", "Which program this is", product)},
        "/api/openapi.json": {"get": _read("about", "openapi", "This document", {"type": "object"})},
        "/api/docs": {
            "get": {
                **{"tags": ["about"], "operationId": "docs", "summary": "This document, to be read"},
                "responses": {"200": {"description": "A page", "content": {"text/html": {}}}},
            }
        },
    }


def _thumbnail() -> Json:
    name = {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}
    found = _read("show", "thumbnail", "The picture of a preset", {}) | {"parameters": [name]}
    found["responses"] |= {"200": _JPEG, "404": {"description": "It has none"}}
    return found


def _token() -> Json:
    told = {"type": "object", "properties": {"token": {"type": "string"}}}
    asked = _read("about", "renew_token", "Another token: everybody else has to open the new address", told)
    asked["responses"]["404"] = _content("The page is on this machine alone and asks for none", _ref("Error"))
    return asked


def _value_path(name: str, row: Parameter, tag: str) -> Json:
    told = {"type": "object", "properties": {"address": {"const": row.address}, "value": {}}}
    body = {"type": "object", "required": ["value"], "properties": {"value": value_schema(row)}}
    return {
        "get": _read(tag, f"get_{name}", row.description, told),
        "put": _write(tag, f"set_{name}", row.description, body, told),
    }


def _read(tag: str, name: str, summary: str, schema: Json) -> Json:
    return {
        **{"tags": [tag], "operationId": name, "summary": summary},
        "responses": {"200": _content("As it is now", schema), "401": _content("The token is missing", _ref("Error"))},
    }


def _write(tag: str, name: str, summary: str, body: Json, told: Json) -> Json:
    refusals = {
        "400": "The value is none that it takes",
        "401": "The token is missing",
        "403": "It comes from a foreign site",
        "404": "There is no such thing",
    }
    return {
        **{"tags": [tag], "operationId": name, "summary": summary},
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {
            "200": _content("It is asked for", told),
            **{code: _content(words, _ref("Error")) for code, words in refusals.items()},
        },
    }


def _body_of(operation: Json) -> Json:
    schema: Json = operation["requestBody"]["content"]["application/json"]["schema"]
    return schema


def _content(words: str, schema: Json) -> Json:
    return {"description": words, "content": {"application/json": {"schema": schema}}}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _list_of(kind: str) -> Json:
    return {"type": "array", "items": {"type": kind}}


def _parameter_schema() -> Json:
    number, text = {"type": "number"}, {"type": "string"}
    fields: Json = {
        **{"address": text, "kind": {"enum": [str(kind) for kind in Kind]}, "value": {}, "default": {}},
        **{"low": number, "high": number, "unit": text, "scaling": text, "choices": _list_of("string")},
        "description": text,
    }
    return {"type": "object", "required": ["address", "kind", "value"], "properties": fields}


def _health_schema() -> Json:
    reasons = {"type": "object", "additionalProperties": {"type": "string"}}
    fields = {"condition": _ref("Condition"), "reasons": reasons}
    return {"type": "object", "required": list(fields), "properties": fields}


class _WithoutDefaults(GenerateJsonSchema):
    """What is known before a part has spoken is nothing that an answer would leave out."""

    def default_schema(self, schema: WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])


def _status_schemas() -> Json:
    """Return the schemas of the status, as its dataclasses have them."""
    schema = TypeAdapter(ShowStatus).json_schema(
        ref_template="#/components/schemas/{model}", schema_generator=_WithoutDefaults, mode="serialization"
    )
    return {**schema.pop("$defs", {}), "ShowStatus": schema}
