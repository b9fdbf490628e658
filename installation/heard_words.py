"""What is heard, in an operator's words: "rain, fairly sure; perhaps a waterfall", or what is done instead. Pure."""

from installation.status import HeardStatus
from installation.values import Doing
from s2s.sampling.source_words import source_words


def heard_words(heard: HeardStatus) -> str:
    """Return what sounds and how sure that is, or what the show does instead of painting it.

    Empty for a model that names nothing, while it paints.
    """
    if heard.doing is Doing.REMEMBERING:
        return "silent: remembering"
    if heard.doing is Doing.DRIFTING:
        return "nothing known: drifting"
    return source_words(heard.sources, heard.certainty)
