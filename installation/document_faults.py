"""The first fault of a document that pydantic has checked, in an operator's words, with the nearest key. Pure."""

from collections.abc import Callable, Iterable

from pydantic import ValidationError

from installation.parameters import nearest
from s2s.files.quote import one_line, quoted

Location = tuple[int | str, ...]


def first_fault(error: ValidationError, known_keys: Callable[[Location], Iterable[str]]) -> str:
    """Return one line; `known_keys` are those that there are where a key is unknown."""
    # A misspelt key is both unknown and missing: what was written tells more than what was not.
    first = min(error.errors(include_url=False), key=lambda fault: fault["type"] != "extra_forbidden")
    where = one_line(".".join(str(part) for part in first["loc"]))
    if first["type"] == "extra_forbidden":
        key = str(first["loc"][-1])
        return f"unknown key {where!r}{nearest(key, known_keys(first['loc']))}"
    if first["type"] == "missing":
        return f"{where} is required"
    message = str(first["msg"]).removeprefix("Value error, ")
    return f"{where}: {message[0].lower()}{message[1:]}, got {quoted(first['input'])}"
