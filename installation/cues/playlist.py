"""Which look of a playlist comes next: in order, or shuffled so that none comes twice in a row. Pure."""

import random
from collections.abc import Sequence

from installation.cues.cue_list import OFF


class PlaylistOrder:
    """Remembers what has had its turn. The same `seed`, looks and moves bring the same order."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self._to_come: list[str] = []
        self._shown = self._at = ""

    def upcoming(self, looks: Sequence[str], shown: str, order: str) -> str | None:
        """Return the look after the one that is `shown`, the same until another is; None where there is none other."""
        if shown != self._shown:
            self._shown = self._at = shown
        others = [look for look in dict.fromkeys(looks) if look not in (shown, self._at)]
        if order == OFF or not others:
            return next(iter(look for look in looks if look != shown), None) if order != OFF else None
        if order == "in order":
            places = list(dict.fromkeys(looks))
            after = places.index(self._at) + 1 if self._at in places else 0
            turned = places[after:] + places[:after]
            return next(look for look in turned if look != shown)
        self._to_come = [look for look in self._to_come if look in others]
        if not self._to_come:
            self._to_come = others
            self._dice.shuffle(self._to_come)
        return self._to_come[0]

    def went(self, look: str) -> None:
        """`look` was asked for; where it cannot be shown, the one after it is next."""
        self._at = look
