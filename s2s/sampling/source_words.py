"""What sounds, as a person says it: "rain, fairly sure; perhaps a waterfall"; and as bars. Pure, without torch."""

from collections.abc import Sequence
from typing import Final, Protocol

SURENESS: Final = ((0.85, "sure"), (0.6, "fairly sure"), (0.35, PERHAPS := "perhaps"), (0.0, UNSURE := "unsure"))
"""From which certainty on which word is used."""

_COUNTED: Final = frozenset({
    "thunderstorm", "stream", "fire", "bell", "train", "helicopter", "crowd", "choir", "rooster", "waterfall", "owl",
    "clock", "aeroplane", "siren", "chainsaw", "dog",
})  # fmt: skip
"""Things of the world that there are several of: a train, but rain."""
_BAR_LETTERS: Final = 24


class Named(Protocol):
    """Something that a model names, and how plainly it is there, 0..1."""

    @property
    def name(self) -> str:
        """As the model calls it."""
        ...

    @property
    def presence(self) -> float:
        """0..1."""
        ...


def source_words(sources: Sequence[Named], certainty: float | None) -> str:
    """Return what sounds, the likeliest first, and how sure that is, 0..1; without certainty the names alone."""
    if certainty is None:
        return " and ".join(spoken(source.name) for source in sources)
    return "; ".join(_phrase(names, word) for word, names in _by_sureness(sources, certainty).items())


def sureness(certainty: float) -> str:
    """Return the word for a certainty of 0..1."""
    return next(word for least, word in SURENESS if certainty >= least or least == 0.0)


def spoken(name: str) -> str:
    """Return a thing's name as it is said; what is not of the world's has no article."""
    plain = " ".join(name.replace("_", " ").split())
    if plain not in _COUNTED:
        return plain
    return f"{'an' if plain[0] in 'aeiou' else 'a'} {plain}"


def bar_lines(parts: Sequence[tuple[str, float]]) -> list[str]:
    """Return a line for each name and share of 0..1: the name, a bar as long as the share, the number."""
    longest = max((len(name) for name, _ in parts), default=0)
    bars = [(name, "█" * round(_BAR_LETTERS * min(max(share, 0.0), 1.0)), share) for name, share in parts]
    return [f"{name:<{longest}}  {bar:<{_BAR_LETTERS}}  {share:.2f}" for name, bar, share in bars]


def _by_sureness(sources: Sequence[Named], certainty: float) -> dict[str, list[str]]:
    """Return the things' names by how sure they are, the likeliest first; nothing is surer than what is likelier."""
    groups: dict[str, list[str]] = {}
    for rank, source in enumerate(sources):
        word = sureness(certainty if rank == 0 else min(source.presence, certainty))
        groups.setdefault(word, []).append(spoken(source.name))
    return groups


def _phrase(names: list[str], word: str) -> str:
    things = " and ".join(names)
    return f"{word} {things}" if word == PERHAPS else f"{things}, {word}"
