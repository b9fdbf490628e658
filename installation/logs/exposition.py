"""The Prometheus text format, written and read. Pure.

https://prometheus.io/docs/instrumenting/exposition_formats/, version 0.0.4; names and units as
https://prometheus.io/docs/practices/naming/ has them: base units, `_total` for what only grows.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Self

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_SAMPLE: Final = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)")
_LABEL: Final = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"(?:,|$)')
_UNESCAPED: Final = {"\\n": "\n", '\\"': '"', "\\\\": "\\"}

Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Family:
    """One metric: its samples by `labels`. Of a histogram they are its series, each with the suffix of its name."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    help: str
    samples: Sequence[tuple[str, Labels, float]]

    @classmethod
    def counter(cls, name: str, help: str, value: float) -> Self:
        """Return a number that only grows; `name` ends in `_total`."""
        return cls(name, "counter", help, [("", (), value)])

    @classmethod
    def gauge(cls, name: str, help: str, value: float) -> Self:
        """Return a number that goes up and down."""
        return cls(name, "gauge", help, [("", (), value)])

    @classmethod
    def by(
        cls, kind: Literal["counter", "gauge"], name: str, help: str, label: str, values: Mapping[str, float]
    ) -> Self:
        """Return one number for each value of one label."""
        return cls(name, kind, help, [("", ((label, key),), value) for key, value in values.items()])

    @classmethod
    def histogram(cls, name: str, help: str, bounds: Sequence[float], cumulated: Sequence[int], total: float) -> Self:
        """Return how many were at or below each of `bounds`, and, as the last of `cumulated`, how many there were;
        `total` is their sum.
        """
        edges = [*(f"{bound:g}" for bound in bounds), "+Inf"]
        buckets = [("_bucket", (("le", edge),), float(n)) for edge, n in zip(edges, cumulated, strict=True)]
        return cls(name, "histogram", help, [*buckets, ("_sum", (), total), ("_count", (), float(cumulated[-1]))])


def written(families: Iterable[Family]) -> str:
    """Return the page that Prometheus reads."""
    lines: list[str] = []
    for family in families:
        if not family.samples:
            continue
        lines += [f"# HELP {family.name} {_escaped(family.help, quotes=False)}", f"# TYPE {family.name} {family.kind}"]
        for suffix, labels, value in family.samples:
            inside = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels)
            lines.append(f"{family.name}{suffix}{inside and f'{{{inside}}}'} {_number(value)}")
    return "\n".join(lines) + "\n"


def read(page: str) -> dict[tuple[str, Labels], float]:
    """Return the samples of a page by name and labels. Raises ValueError that quotes a line that is none."""
    samples = {}
    for line in page.splitlines():
        if not line or line.startswith("#"):
            continue
        match = _SAMPLE.fullmatch(line)
        if match is None:
            raise ValueError(f"no sample of Prometheus' text format: {line[:80]!r}")
        name, inside, value = match.groups()
        labels = tuple((key, _unescaped(text)) for key, text in _LABEL.findall(inside or ""))
        samples[name, labels] = float(value)
    return samples


def _escaped(text: str, *, quotes: bool = True) -> str:
    text = text.replace("\\", "\\\\").replace("\n", "\\n")
    return text.replace('"', '\\"') if quotes else text


def _unescaped(text: str) -> str:
    return re.sub(r"\\.", lambda found: _UNESCAPED.get(found[0], found[0]), text)


def _number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if float(value).is_integer() and abs(value) < 2**53 else repr(float(value))
