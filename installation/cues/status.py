"""Where the cues and the playlist are, as the page and the overlay read it."""

from dataclasses import dataclass
from typing import Final

WORDS: Final = ("next", "go", "back")
"""The cue after the one that is shown, and the one before, as a hand asks for them."""
_MOST_DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class CueStatus:
    """The cue that is shown, by name and number from 1 (`current`, empty and 0 where none is), and the one that a hand,
    or the end of this one, goes to (`next`). `left_s` is its countdown, None without; at its end the next one comes
    `by_itself`, or a hand is waited for. `at` names the cue that comes next at a time of the day.

    `look` is the playlist's next, empty while it rests, `look_left_s` the seconds until then. While `locked` nothing
    changes by itself and no countdown runs. `cues` are all that there are.
    """

    current: str = ""
    number: int = 0
    next: str = ""
    left_s: float | None = None
    by_itself: bool = False
    at: str = ""
    look: str = ""
    look_left_s: float | None = None
    locked: bool = False
    cues: tuple[str, ...] = ()

    def knows(self, said: str) -> bool:
        """Return whether `said` is a cue's name or number, from 1, or a word for one beside the current one."""
        word = said.strip()
        number = int(word) if word.isascii() and word.isdigit() and len(word) < _MOST_DIGITS else 0
        return word in self.cues or word.lower() in WORDS or 1 <= number <= len(self.cues)
