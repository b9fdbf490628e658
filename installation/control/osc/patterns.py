"""OSC address patterns (OSC 1.0, "OSC Message Dispatching and Pattern Matching"): `*`, `?`, `[a-z]`, `[!a-z]`, `{a,b}`.

Pure. No regular expressions: a pattern comes from the network, and must not buy more time than its length. The matcher
follows all ways through a pattern at once, so its work is the product of both lengths.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final

LONGEST_PATTERN: Final = 200
_SPECIAL: Final = frozenset("*?[{")

_Step = Callable[[str, frozenset[int]], frozenset[int]]
"""From where in the text the pattern may be to where it may be one part later."""


class PatternError(ValueError):
    """A pattern that cannot be read; one line."""


def is_pattern(address: str) -> bool:
    """Return whether `address` may mean several."""
    return not _SPECIAL.isdisjoint(address)


def matching(pattern: str, addresses: Iterable[str]) -> tuple[str, ...]:
    """Return those of `addresses` that `pattern` means, in their order. Raises PatternError."""
    steps = _steps(pattern)
    return tuple(address for address in addresses if _matches(steps, address))


def _matches(steps: tuple[_Step, ...], text: str) -> bool:
    places = frozenset({0})
    for step in steps:
        places = step(text, places)
        if not places:
            return False
    return len(text) in places


@lru_cache(maxsize=128)
def _steps(pattern: str) -> tuple[_Step, ...]:
    if len(pattern) > LONGEST_PATTERN:
        raise PatternError(f"an address pattern has at most {LONGEST_PATTERN} letters, got {len(pattern)}")
    steps: list[_Step] = []
    index = 0
    while index < len(pattern):
        letter = pattern[index]
        if letter in "[{":
            end = pattern.find("]" if letter == "[" else "}", index)
            if end < 0:
                raise PatternError(f"the address pattern {pattern[:40]!r} has a {letter} without its end")
            inside = pattern[index + 1 : end]
            steps.append(_one_of(_letters(inside)) if letter == "[" else _words(tuple(inside.split(","))))
            index = end + 1
            continue
        steps.append(_any_run if letter == "*" else _one_of(_not_slash) if letter == "?" else _words((letter,)))
        index += 1
    return tuple(steps)


def _any_run(text: str, places: frozenset[int]) -> frozenset[int]:
    """`*`: any letters, also none, but no slash."""
    reached: set[int] = set()
    for place in places:
        slash = text.find("/", place)
        reached.update(range(place, (len(text) if slash < 0 else slash) + 1))
    return frozenset(reached)


def _one_of(fits: Callable[[str], bool]) -> _Step:
    return lambda text, places: frozenset(place + 1 for place in places if place < len(text) and fits(text[place]))


def _words(words: tuple[str, ...]) -> _Step:
    return lambda text, places: frozenset(
        place + len(word) for place in places for word in words if text.startswith(word, place)
    )


def _not_slash(letter: str) -> bool:
    return letter != "/"


def _letters(inside: str) -> Callable[[str], bool]:
    """`[a-z]` and `[!a-z]`; a minus at the end is one."""
    refused = inside.startswith("!")
    inside = inside[1:] if refused else inside
    singles, ranges = set(inside), [(inside[at - 1], inside[at + 1]) for at in _minuses(inside)]

    def fits(letter: str) -> bool:
        found = letter in singles or any(low <= letter <= high for low, high in ranges)
        return letter != "/" and found is not refused

    return fits


def _minuses(inside: str) -> list[int]:
    return [at for at in range(1, len(inside) - 1) if inside[at] == "-"]
