"""Which sounds people hear and which pictures go with each, drawn by seed and balanced. Pure.

Categories take turns as what is heard, recordings within them; the pictures of other categories come from the least
used ones, and as many of them by ours as by the baseline.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

Method = Literal["ours", "baseline"]
Experiment = Literal["i", "ii"]
EXPERIMENTS: Final[tuple[Experiment, ...]] = ("i", "ii")
OTHERS: Final = 3
"""Pictures of other categories in each question; so many other categories there have to be."""


@dataclass(frozen=True, slots=True)
class ListedClip:
    """A held-out sound: its row among all, its id, its category and the recording that it was cut from."""

    row: int
    id: str
    label: str
    recording: str


@dataclass(frozen=True, slots=True)
class PlannedPicture:
    """A picture that is to be painted by `method` from `clip`; it is `right` where that is what is heard."""

    method: Method
    clip: ListedClip
    right: bool


@dataclass(frozen=True, slots=True)
class PlannedQuestion:
    """What is heard, and the pictures, the right ones first."""

    clip: ListedClip
    pictures: tuple[PlannedPicture, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The questions of both experiments; `apart` tells whether no recording is heard in both."""

    questions: dict[Experiment, tuple[PlannedQuestion, ...]]
    apart: bool


def plan_study(clips: Sequence[ListedClip], num_questions: int, seed: int) -> Plan:
    """Return `num_questions` questions for each experiment.

    No sound is heard twice in one experiment, and none in both where there are enough recordings. Raises ValueError
    where there are too few sounds or categories.
    """
    labels = {clip.label for clip in clips}
    if len(labels) <= OTHERS:
        raise ValueError(f"expected sounds of at least {OTHERS + 1} categories, got {len(labels)}: {_named(labels)}")
    if len(clips) < num_questions:
        raise ValueError(
            f"expected at least {num_questions} held-out sounds, got {len(clips)}: give --questions {len(clips)}"
        )
    rng = random.Random(seed)
    taken = list(_in_turns(clips, rng))
    first = taken[:num_questions]
    heard = {clip.recording for clip in first}
    unheard = [clip for clip in taken if clip.recording not in heard]
    apart = len(unheard) >= num_questions
    second = unheard[:num_questions] if apart else first
    methods = _alternating(rng)
    return Plan(
        {
            "i": tuple(_questions(first, clips, rng, ("ours", "baseline"), methods)),
            "ii": tuple(_questions(second, clips, rng, ("ours",), _ours())),
        },
        apart,
    )


def _in_turns(clips: Sequence[ListedClip], rng: random.Random) -> Iterator[ListedClip]:
    """Yield all clips so that categories take turns, and within each of them its recordings."""
    by_label: defaultdict[str, defaultdict[str, list[ListedClip]]] = defaultdict(lambda: defaultdict(list))
    for clip in clips:
        by_label[clip.label][clip.recording].append(clip)
    labels = rng.sample(sorted(by_label), len(by_label))
    yield from _turns([list(_turns(_shuffled(by_label[label].values(), rng))) for label in labels])


def _shuffled(groups: Iterable[list[ListedClip]], rng: random.Random) -> list[list[ListedClip]]:
    shuffled = [rng.sample(group, len(group)) for group in groups]
    rng.shuffle(shuffled)
    return shuffled


def _turns(groups: Sequence[Sequence[ListedClip]]) -> Iterator[ListedClip]:
    for turn in range(max(map(len, groups))):
        yield from (group[turn] for group in groups if turn < len(group))


def _questions(
    heard: Sequence[ListedClip],
    clips: Sequence[ListedClip],
    rng: random.Random,
    right: Sequence[Method],
    methods: Iterator[Method],
) -> Iterator[PlannedQuestion]:
    """Yield a question for each of `heard`: a picture by each method of `right`, and `OTHERS` by the next `methods`."""
    by_label: defaultdict[str, list[ListedClip]] = defaultdict(list)
    for clip in clips:
        by_label[clip.label].append(clip)
    used: Counter[str] = Counter()
    for clip in heard:
        others = sorted(by_label.keys() - {clip.label}, key=lambda label: (used[label], rng.random()))[:OTHERS]
        used.update(others)
        true = [PlannedPicture(method, clip, True) for method in right]
        false = [PlannedPicture(next(methods), rng.choice(by_label[label]), False) for label in others]
        yield PlannedQuestion(clip, (*true, *false))


def _alternating(rng: random.Random) -> Iterator[Method]:
    """Yield both methods equally often: each pair of them in an order of its own."""
    pair: list[Method] = ["ours", "baseline"]
    while True:
        yield from rng.sample(pair, 2)


def _ours() -> Iterator[Method]:
    while True:
        yield "ours"


def _named(labels: Iterable[str]) -> str:
    return ", ".join(sorted(labels)) or "none"
