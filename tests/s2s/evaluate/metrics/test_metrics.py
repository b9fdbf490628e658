"""The registered metrics on evidence that was made up so that every answer is known."""

import json
from dataclasses import asdict

import numpy as np
import pytest

from s2s.evaluate.metrics import things
from s2s.evaluate.metrics.clip_text import PROMPTS
from s2s.evaluate.metrics.diversity import next_of_class
from s2s.evaluate.metrics.evidence import Evidence
from s2s.evaluate.metrics.judges import CLASS_FEATURES, CLASS_LOGITS, SEEN, THING_LOGITS, THING_SIZES
from s2s.evaluate.metrics.picture_sets import FROM_SOUNDS, HEARD, REAL
from s2s.evaluate.metrics.recall import hits_of
from s2s.evaluate.metrics.registry import METRICS, MODEL, Unmeasured, in_few_lines, measure
from s2s.evaluate.metrics.retrieval import own_found
from s2s.evaluate.report import words
from s2s.evaluate.report.model import Metric, Skipped
from tests.s2s.evaluate.made_up import evidence_of

CLASSES = ("bell", "dog", "rain")
LABELS = ["dog", "rain", "bell", "dog"]


@pytest.fixture
def evidence() -> Evidence:
    """Four clips: two pictures of each sound, three clips' classes likeliest in one of them, all in the other."""
    right = np.eye(3)[[1, 2, 0, 1]]
    wrong = np.roll(right, 1, axis=1)
    logits = np.empty((8, 3))
    logits[0::2], logits[1::2] = np.where([[1], [1], [1], [0]], right, wrong), right
    apart = np.zeros((8, 2))
    apart[1::2, 0] = 1.0  # the second picture of each sound lies one away
    real = {CLASS_LOGITS: right, CLASS_FEATURES: np.array([[0, 0], [0, 1], [0, 2], [0, 4]]), SEEN: np.eye(4)}
    painted = {CLASS_LOGITS: logits, CLASS_FEATURES: apart, HEARD: np.eye(4)[[0, 0, 1, 1, 2, 2, 0, 0]]}
    return evidence_of({REAL: real, FROM_SOUNDS: painted}, labels=list(LABELS), names={CLASS_LOGITS: CLASSES})


def value(name: str, of: str, evidence: Evidence) -> float:
    found = measure(METRICS[name], of, evidence)
    assert isinstance(found, Metric), found
    assert found.value.low is None or found.value.low <= found.value.value <= (found.value.high or 0.0)
    return found.value.value


def test_every_registered_metric_is_called_by_words_in_the_report_and_no_other() -> None:
    assert set(words.METRICS) == set(METRICS)


def test_recall_counts_every_picture_once_and_says_what_chance_is(evidence: Evidence) -> None:
    assert value("class_r1", FROM_SOUNDS, evidence) == pytest.approx(7 / 8)
    assert value("class_r1", REAL, evidence) == value("class_r5", FROM_SOUNDS, evidence) == 1.0
    found = measure(METRICS["class_r1"], FROM_SOUNDS, evidence)
    assert isinstance(found, Metric) and found.note == "3 candidates, chance 0.333" and found.value.count == 4


def test_clips_of_classes_that_the_judge_does_not_know_are_left_out_and_said_so(evidence: Evidence) -> None:
    evidence.clips.labels[0] = "harp"  # type: ignore[index]
    found = measure(METRICS["class_r1"], FROM_SOUNDS, evidence)
    assert isinstance(found, Metric) and found.value.count == 3
    assert "2 pictures are of classes that the judge does not know" in found.note


def test_among_some_classes_the_others_are_no_candidates(evidence: Evidence) -> None:
    hits = hits_of(evidence, FROM_SOUNDS, CLASS_LOGITS, 1, np.array([1, 2]))
    assert len(hits.right) == 6 and set(hits.targets.tolist()) == {1, 2}


def test_sounds_find_their_own_pictures_and_pictures_their_sounds(evidence: Evidence) -> None:
    assert value("audio_to_image_r1", MODEL, evidence) == 0.75  # the last is heard as the first
    assert value("audio_to_image_r5", MODEL, evidence) == 1.0
    assert not own_found(np.ones((2, 1), np.float32), np.ones((2, 1), np.float32), 1).any()  # all alike: none is found


def test_diversity_is_the_distance_of_two_noises_in_that_of_two_takes(evidence: Evidence) -> None:
    assert next_of_class(list(LABELS)).tolist() == [3, -1, -1, 0]
    assert value("noise_diversity", FROM_SOUNDS, evidence) == pytest.approx(1 / 4)


@pytest.mark.parametrize(("each", "expected"), [(3, 1.0), (2, None)])
def test_sizes_have_an_order_among_three_of_a_class_and_none_among_fewer(
    each: int, expected: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = np.array([10.0, 20.0, 40.0, 15.0, 30.0, 60.0])[: 2 * each]
    labels = ["dog"] * each + ["rain"] * each
    told = np.where(np.array(labels)[:, None] == np.array(CLASSES), np.log(sizes)[:, None], 0.0)
    read = {THING_SIZES: told, THING_LOGITS: np.zeros((len(sizes), len(CLASSES)))}
    evidence = evidence_of({REAL: read}, labels=labels, names={THING_LOGITS: CLASSES})
    truth = (np.broadcast_to(sizes[:, None, None], (len(sizes), 2, 2)) * 3).astype(np.uint8)
    monkeypatch.setattr(things, "_with_truth", lambda evidence, of, array: (evidence.of(of, array), truth))
    found = measure(METRICS["size_against_truth"], REAL, evidence)
    if expected is None:
        assert isinstance(found, Unmeasured) and "no class has three clips" in found.why
    else:
        assert isinstance(found, Metric) and found.value.value == pytest.approx(expected)


def test_what_cannot_be_measured_is_said_in_a_line_for_all_alike() -> None:
    why = "no file of CLIP's weights was given (--clip-weights)"
    evidence = evidence_of({}, labels=LABELS, missing=dict.fromkeys(PROMPTS, why) | {REAL: "there are none"})
    found = [measure(spec, of, evidence) for spec in METRICS.values() for of in spec.of]
    assert all(isinstance(one, Unmeasured) for one in found)
    arrays = {of: {SEEN: np.eye(4)} for of in METRICS["clip_r1"].of}
    with_pictures = evidence_of(arrays, labels=LABELS, missing=dict.fromkeys(PROMPTS, why))
    clip = [spec for name, spec in METRICS.items() if name.startswith("clip")]
    lines = in_few_lines(
        [one for spec in clip for of in spec.of if isinstance(one := measure(spec, of, with_pictures), Unmeasured)]
    )
    assert lines == [Skipped("clip_r1, clip_r5, clip_photo_r1, clip_photo_r5", why)]


def test_every_metric_has_a_unit_options_in_plain_data_and_a_place() -> None:
    for name, spec in METRICS.items():
        assert name == spec.name and spec.of and len(set(spec.of)) == len(spec.of)
        json.dumps(asdict(spec.options), allow_nan=False)
