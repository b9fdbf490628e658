"""`volume` and `mix`: what a change of the waveform does to the picture (paper, section 5.1), as labelled sheets."""

from s2s.commands.arguments import Verbs


def add_to(verbs: Verbs) -> None:
    """Add the two verbs."""
