"""What is heard, in an operator's words: "rain, fairly sure; perhaps a waterfall", or what is done instead; and whose
the beat is. Pure.
"""

from typing import Final

from installation.status import HeardStatus
from installation.values import Doing
from s2s.sampling.source_words import source_words

_CLOCKS: Final = {"midi": ("MIDI clock", "no MIDI clock"), "link": ("Ableton Link", "nobody in Ableton Link")}


def heard_words(heard: HeardStatus) -> str:
    """Return what sounds and how sure that is, or what the show does instead of painting it.

    Empty for a model that names nothing, while it paints.
    """
    if heard.doing is Doing.REMEMBERING:
        return "silent: remembering"
    if heard.doing is Doing.DRIFTING:
        return "nothing known: drifting"
    return source_words(heard.sources, heard.certainty)


def clock_words(chosen: str, *, runs: bool) -> str:
    """Return whose beat counts, by the choice of `/audio/clock` and whether that clock `runs`."""
    if chosen not in _CLOCKS:
        return "heard"
    there, missing = _CLOCKS[chosen]
    return there if runs else f"{missing}: heard"
