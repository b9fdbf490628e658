"""What went wrong in a run, in words, for the report: each kind once, with how often it happened. Pure, bounded."""

from typing import Final

_KINDS_KEPT: Final = 100
_LONGEST_WORDS: Final = 500


class Incidents:
    """Keeps the first hundred kinds in the order of their first time; of further ones only the number."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._further = 0

    def append(self, words: str) -> None:
        """Note that it happened (again)."""
        words = words[:_LONGEST_WORDS]
        if words in self._counts or len(self._counts) < _KINDS_KEPT:
            self._counts[words] = self._counts.get(words, 0) + 1
        else:
            self._further += 1

    def lines(self) -> list[str]:
        """Return one line a kind, and one for those that found no room."""
        lines = [words if count == 1 else f"{words} (×{count})" for words, count in self._counts.items()]
        return [*lines, f"and {self._further} more"] if self._further else lines
