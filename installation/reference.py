"""The parameter table in words, for the README; a test holds the README to it. Pure."""

from collections.abc import Iterable

from installation.parameters import PARAMETERS, Parameter


def markdown_table(rows: Iterable[Parameter] = PARAMETERS.values()) -> str:
    """Return every live control as a Markdown table: address, values, default, what it does."""
    lines = ["| address | values | default | what it does |", "|---|---|---|---|"]
    lines += [f"| `{row.address}` | {_escaped(row.range_text)} | {_default(row)} | {row.description} |" for row in rows]
    return "\n".join(lines) + "\n"


def _default(row: Parameter) -> str:
    if isinstance(row.default, bool):
        return "on" if row.default else "off"
    return f"{row.default:g}" if isinstance(row.default, int | float) else row.default or "–"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")
