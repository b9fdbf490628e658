import pytest

from installation.heard_words import clock_words, heard_words
from installation.status import HeardSource, HeardStatus
from installation.values import Doing
from s2s.sampling.source_words import sureness


def heard(*sources: tuple[str, float], certainty: float | None, doing: Doing = Doing.PAINTING) -> HeardStatus:
    return HeardStatus(tuple(HeardSource(name, presence) for name, presence in sources), certainty, doing=doing)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (heard(("rain", 0.9), certainty=0.7), "rain, fairly sure"),
        (heard(("rain", 0.9), ("waterfall", 0.55), certainty=0.7), "rain, fairly sure; perhaps a waterfall"),
        (heard(("sea", 0.99), ("helicopter", 0.9), certainty=0.9), "sea and a helicopter, sure"),
        (heard(("sea", 0.99), ("owl", 0.7), certainty=0.9), "sea, sure; an owl, fairly sure"),
        (heard(("sea", 0.99), ("train", 0.9), certainty=0.4), "perhaps sea and a train"),
        (heard(("dog_bark", 0.9), certainty=0.9), "dog bark, sure"),
        (heard(("rain", 0.9), certainty=0.1), "rain, unsure"),
        (heard(("rain", 0.9), ("wind", 0.8), certainty=None), "rain and wind"),
        (heard(("rain", 0.9), certainty=0.1, doing=Doing.DRIFTING), "nothing known: drifting"),
        (heard(("wind", 0.9), certainty=0.9, doing=Doing.REMEMBERING), "silent: remembering"),
        (HeardStatus(), ""),
        (HeardStatus(doing=Doing.REMEMBERING), "silent: remembering"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_heard_is_said_as_an_operator_would(status: HeardStatus, words: str) -> None:
    assert heard_words(status) == words


@pytest.mark.parametrize(
    ("certainty", "word"),
    [(1.0, "sure"), (0.85, "sure"), (0.84, "fairly sure"), (0.6, "fairly sure"), (0.59, "perhaps"), (0.34, "unsure")],
)
def test_each_certainty_has_its_word(certainty: float, word: str) -> None:
    assert sureness(certainty) == word


def test_a_second_thing_is_never_surer_than_the_likelier_one() -> None:
    assert heard_words(heard(("sea", 0.9), ("rain", 0.99), certainty=0.65)) == "sea and rain, fairly sure"


@pytest.mark.parametrize(
    ("chosen", "runs", "words"),
    [
        ("sound", False, "heard"),
        ("midi", True, "MIDI clock"),
        ("midi", False, "no MIDI clock: heard"),
        ("link", False, "nobody in Ableton Link: heard"),
    ],
)
def test_whose_the_beat_is_and_what_stands_in_is_said(chosen: str, runs: bool, words: str) -> None:
    assert clock_words(chosen, runs=runs) == words
