"""Settings as words: `--set NAME=VALUE`, `--set help`, and what one line says of a word that is off."""

import argparse
import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass
from typing import TYPE_CHECKING, Any, Final, TypeGuard, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")
HELP: Final = "help"


class _AppendSetting(argparse.Action):
    """Append a word; for `help` nothing else is asked for, since nothing else will be done."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,  # noqa: ARG002 -- argparse's
    ) -> None:
        setattr(namespace, self.dest, [*getattr(namespace, self.dest), values])
        if values == HELP:
            for action in parser._actions:
                action.required = False


def add_settings(verb: argparse._ActionsContainer, what: str, option: str = "--set") -> None:
    """Add `--set NAME=VALUE`, in words one setting of `what`."""
    about = f"{what}; may be given again, and {option} {HELP} lists what there is to set"
    verb.add_argument(option, action=_AppendSetting, default=[], metavar="NAME=VALUE", help=about)


def settings_of(kind: type[T], words: Sequence[str], **more: Any) -> T:
    """Build settings from NAME=VALUE words; those that `more` gives no word can set, but for parts of them.

    Raises ValueError that names the known ones, or the value. Prints what there is to set and ends, where a word is
    `help`.
    """
    import pydantic

    from s2s.training.engine.renamed import setting_name

    # A setting of its own settings is given part by part: augmentation.gain_db.
    groups = {name: asdict(value) for name, value in _values(kind(**more)).items() if _has_parts(value)}
    parts = {f"{name}.{part}" for name, group in groups.items() for part in group}
    known = ({field.name for field in fields(kind)} - set(more)) | parts
    if HELP in words:
        _list(kind(**more), groups, known)
        raise SystemExit(0)
    values: dict[str, Any] = dict(more)
    for word in words:
        given, _, text = word.partition("=")
        name = setting_name(given)
        if name not in known:
            raise ValueError(f"no setting {given!r}; known: {', '.join(sorted(known))}{_nearest(name, known)}")
        group, _, part = name.rpartition(".")
        if group:
            values[group] = groups[group] = {**groups[group], part: _value(text)}
        else:
            values[name] = _value(text)
    try:
        return pydantic.TypeAdapter(kind).validate_python(values)
    except pydantic.ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ValueError(f"setting {where}: {first['msg']}, got {first['input']!r}") from error


def _list(defaults: "DataclassInstance", groups: Mapping[str, Mapping[str, Any]], known: set[str]) -> None:
    """Print every setting with its default, those within settings part by part."""
    whole = {name: value for name, value in _values(defaults).items() if name in known and name not in groups}
    parts = {f"{group}.{name}": value for group, values in groups.items() for name, value in values.items()}
    for name, value in {**whole, **parts}.items():
        print(f"{name}={value if isinstance(value, str) else json.dumps(value)}")


def _values(settings: "DataclassInstance") -> dict[str, Any]:
    return {field.name: getattr(settings, field.name) for field in fields(settings)}


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text  # words need no quotes


def _nearest(name: str, known: set[str]) -> str:
    close = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.5)
    return f". Did you mean {close[0]}?" if close else ""


def _has_parts(value: object) -> TypeGuard["DataclassInstance"]:
    return is_dataclass(value) and not isinstance(value, type)
