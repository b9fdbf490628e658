"""An OpenAPI document as a page to be read: one file, no script, nothing from elsewhere. Pure."""

import base64
import hashlib
import json
from collections.abc import Iterator
from html import escape
from typing import Any, Final

Json = dict[str, Any]

_STYLE: Final = """
:root { color-scheme: light dark; --line: #8886; --soft: #8882; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1 { margin-bottom: 0; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); text-transform: capitalize; }
article { padding: .75rem 0; border-bottom: 1px solid var(--line); }
h3 { margin: 0; font-size: 1rem; overflow-wrap: anywhere; }
h3 code { font-weight: 600; }
p { margin: .25rem 0; }
.method { display: inline-block; min-width: 2.75rem; font-weight: 700; }
pre { background: var(--soft); padding: .5rem .75rem; margin: .25rem 0; overflow-x: auto; border-radius: .25rem; }
pre:focus-visible, a:focus-visible { outline: 3px solid; outline-offset: 2px; }
"""
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

HEADERS: Final = {
    "content-security-policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}
"""The page's policy: its own style, and nothing else."""


def page_of(document: Json) -> str:
    """Return the page: every operation with what it takes and how it is asked for with curl."""
    info = document["info"]
    sections = "".join(_section(tag["name"], document) for tag in document["tags"])
    title, words = escape(f"{info['title']} {info['version']}"), escape(info["description"])
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><main><h1>{title}</h1><p>{words}</p>"
        '<p>For programs: <a href="/api/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>'
        f"{sections}</main></body></html>\n"
    )


def _section(tag: str, document: Json) -> str:
    return f"<section><h2>{escape(tag)}</h2>{''.join(_articles(tag, document['paths']))}</section>"


def _articles(tag: str, paths: Json) -> Iterator[str]:
    for path, operations in paths.items():
        for method, operation in operations.items():
            if tag in operation["tags"]:
                yield _article(path, method, operation)


def _article(path: str, method: str, operation: Json) -> str:
    summary, command = operation["summary"], "curl "
    words = [summary[:1].upper() + summary[1:]]
    if "requestBody" in operation:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        words += _limits(schema["properties"].get("value", {}))
        body = json.dumps(example(schema), ensure_ascii=False)
        command += f"-X {method.upper()} --json '{body}' "
    elif method != "get":
        command += f"-X {method.upper()} "
    command += f"http://127.0.0.1:8080{path}"
    return (
        f'<article><h3><span class="method">{method.upper()}</span> <code>{escape(path)}</code></h3>'
        f'<p>{escape(". ".join(words))}</p><pre tabindex="0">{escape(command)}</pre></article>'
    )


def _limits(schema: Json) -> list[str]:
    """Return in words what a value may be."""
    unit = f" {schema['x-unit']}" if "x-unit" in schema else ""
    if "minimum" in schema:
        return [f"{schema['minimum']:g} to {schema['maximum']:g}{unit}, {schema['default']:g} at first"]
    if "enum" in schema:
        return [f"One of {', '.join(schema['enum'])}"]
    if "maxLength" in schema:
        return [f"Up to {schema['maxLength']} letters"]
    return ["true or false"] if schema.get("type") == "boolean" else []


def example(schema: Json) -> Any:
    """Return a value that a schema takes: its example or default, or of an object what it must hold, else two of it."""
    if "examples" in schema:
        return schema["examples"][0]
    if schema.get("type") != "object":
        return schema.get("default", True)
    needed = schema.get("required") or list(schema["properties"])[:2]
    return {name: example(schema["properties"][name]) for name in needed}
