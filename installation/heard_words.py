"""What is heard, in an operator's words: "rain, fairly sure; perhaps a waterfall". Pure."""

from typing import Final

from installation.status import HeardSource, HeardStatus
from installation.values import Doing

SURENESS: Final = ((0.85, "sure"), (0.6, "fairly sure"), (0.35, PERHAPS := "perhaps"), (0.0, "unsure"))
"""From which certainty on which word is used."""

_COUNTED: Final = frozenset({
    "thunderstorm", "stream", "fire", "bell", "train", "helicopter", "crowd", "choir", "rooster", "waterfall", "owl",
    "clock", "aeroplane", "siren", "chainsaw", "dog",
})  # fmt: skip
"""Things of the world that there are several of: a train, but rain."""


def heard_words(heard: HeardStatus) -> str:
    """Return what sounds and how sure that is, or what the show does instead of painting it.

    Empty for a model that names nothing, while it paints.
    """
    if heard.doing is Doing.REMEMBERING:
        return "silent: remembering"
    if heard.doing is Doing.DRIFTING:
        return "nothing known: drifting"
    if not heard.sources:
        return ""
    if heard.certainty is None:
        return " and ".join(_name(source) for source in heard.sources)
    return "; ".join(_phrase(names, word) for word, names in _by_sureness(heard.sources, heard.certainty).items())


def sureness(certainty: float) -> str:
    """Return the word for a certainty of 0..1."""
    return next(word for least, word in SURENESS if certainty >= least or least == 0.0)


def _by_sureness(sources: tuple[HeardSource, ...], certainty: float) -> dict[str, list[str]]:
    """Return the things' names by how sure they are, the likeliest first; nothing is surer than what is likelier."""
    groups: dict[str, list[str]] = {}
    for rank, source in enumerate(sources):
        word = sureness(certainty if rank == 0 else min(source.presence, certainty))
        groups.setdefault(word, []).append(_name(source))
    return groups


def _phrase(names: list[str], word: str) -> str:
    things = " and ".join(names)
    return f"{word} {things}" if word == PERHAPS else f"{things}, {word}"


def _name(source: HeardSource) -> str:
    """Return a thing's name as it is said; what is not of the world's has no article."""
    plain = " ".join(source.name.replace("_", " ").split())
    if plain not in _COUNTED:
        return plain
    return f"{'an' if plain[0] in 'aeiou' else 'a'} {plain}"
