"""What sounds when in a film of a made evening, and what is seen: drawn from a seed, neither sounded nor painted.

Ten seconds; the moments that should be chosen are those at which a thing sounds and a picture of its kind is seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np

Kind = Literal["short", "long", "constant", "turns", "speech"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
"""A sound of about a second; of five; of all ten, seen in half of them; two things one after the other; one of five
seconds while somebody talks all the time."""

FILM_S: Final = 10.0
_GRID_S: Final = 0.1  # a frame

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Sounding:
    """A thing, the `number`-th of its film, sounds and is seen: spans in seconds."""

    number: int
    heard: Span
    seen: Span


@dataclass(frozen=True, slots=True)
class Score:
    """What happens in a film. At every moment that is in none of `moments` another kind is seen."""

    kind: Kind
    soundings: tuple[Sounding, ...]

    @property
    def moments(self) -> list[Span]:
        """Return when a thing sounds and is seen, in the order of time."""
        both = [_overlap(one.heard, one.seen) for one in self.soundings]
        return sorted(both)

    @property
    def heard(self) -> list[Span]:
        """Return when a thing sounds, in the order of time."""
        return sorted(one.heard for one in self.soundings)


def draw_score(kind: Kind, rng: np.random.Generator) -> Score:
    """Draw a film of `kind`."""
    match kind:
        case "short":
            return Score(kind, _in_turn([float(rng.uniform(0.7, 1.5))], rng))
        case "constant":
            seen = _in_turn([FILM_S / 2], rng)[0].seen
            return Score(kind, (Sounding(0, (0.0, FILM_S), seen),))
        case "turns":
            first, second = _in_turn(rng.uniform(2.0, 3.0, 2).tolist(), rng)
            return Score(kind, (first, second) if rng.random() < 0.5 else _swapped(first, second))
    return Score(kind, _in_turn([FILM_S / 2], rng))


def _in_turn(lengths_s: Sequence[float], rng: np.random.Generator) -> tuple[Sounding, ...]:
    """Place spans of `lengths_s` one after another, with pauses drawn evenly around them."""
    pauses = rng.dirichlet(np.ones(len(lengths_s) + 1)) * (FILM_S - sum(lengths_s))
    placed, at_s = [], 0.0
    for number, (pause_s, length_s) in enumerate(zip(pauses, lengths_s, strict=False)):
        at_s += pause_s
        span = (_to_frame(at_s), _to_frame(at_s + length_s))
        placed.append(Sounding(number, span, span))
        at_s += length_s
    return tuple(placed)


def _swapped(first: Sounding, second: Sounding) -> tuple[Sounding, ...]:
    return (Sounding(0, second.heard, second.seen), Sounding(1, first.heard, first.seen))


def _to_frame(at_s: float) -> float:
    return min(round(round(at_s / _GRID_S) * _GRID_S, 3), FILM_S)


def _overlap(one: Span, other: Span) -> Span:
    return max(one[0], other[0]), min(one[1], other[1])
