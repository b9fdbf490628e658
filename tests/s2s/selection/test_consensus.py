"""What the clips of an evening say of each other."""

import numpy as np

from s2s.selection.combined import Evidence
from s2s.selection.consensus import FEWEST, agreed

KINDS = 4


def evening(count: int, doubt: float = 1.0, scores: tuple[float, float] = (0.0, 0.5)) -> list[Evidence]:
    """Clips of kinds in turn, of two moments each: the first shows the kind, the second that of a clip by lot."""
    rng = np.random.default_rng(0)
    kinds = np.eye(KINDS, dtype=np.float32)
    clips = []
    for number in range(count):
        kind = kinds[number % KINDS]
        listened = np.concatenate([kind, 1.0 - kind]) + 0.05 * rng.standard_normal(2 * KINDS)
        seen = np.stack([kind, kinds[int(rng.integers(KINDS))]])
        heard = np.ones(2, bool)
        clips.append(
            Evidence(
                np.arange(2), np.array(scores, np.float32), doubt, seen, listened.astype(np.float32), heard, np.zeros(2)
            )
        )
    return clips


def test_a_picture_that_goes_with_such_sounds_everywhere_is_right() -> None:
    """Each clip alone would take its second moment."""
    clips = evening(40)
    chosen = [each.argmax() for each in agreed(clips, [str(number) for number in range(40)])]
    others = [number for number, clip in enumerate(clips) if (clip.seen[0] != clip.seen[1]).any()]
    assert np.mean([chosen[number] == 0 for number in others]) > 0.9


def test_where_novelty_tells_nobody_else_is_asked() -> None:
    clips = evening(40, doubt=0.0)
    for clip, each in zip(clips, agreed(clips, [str(number) for number in range(40)]), strict=True):
        np.testing.assert_array_equal(each, clip.scores)


def test_clips_of_few_recordings_say_nothing_of_each_other() -> None:
    clips = evening(40)
    for clip, each in zip(clips, agreed(clips, [str(number % FEWEST) for number in range(40)]), strict=True):
        np.testing.assert_array_equal(each, clip.scores)


def test_an_evening_without_clips_has_no_scores() -> None:
    assert agreed([], []) == []


def test_a_frame_that_is_not_looked_at_scores_as_its_neighbour_and_silence_comes_last() -> None:
    heard = np.array([True, True, True, False])
    one = np.zeros((2, 3), np.float32)
    evidence = Evidence(np.array([0, 2]), np.array([1.0, 5.0], np.float32), 1.0, one, one[0], heard, np.zeros(2))
    spread = evidence.of_every_frame(evidence.scores)
    assert spread.argsort()[::-1].tolist() == [2, 0, 1, 3] and spread[3] < spread[:3].min() - 4.0
