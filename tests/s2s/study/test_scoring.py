"""Scores against values computed by hand, and what is said of those who did not finish."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from s2s.__main__ import main
from s2s.study.answers import Answer, AnswerLog, Begun, Event
from s2s.study.manifest import Study
from s2s.study.order import questions_for
from s2s.study.scoring import score
from s2s.study.table import lines, study_table
from tests.s2s.study.studies import study_of, write_small_study


def answers_of(study: Study, name: str, chosen: Mapping[str, tuple[int, ...]], place: int = 0) -> list[Event]:
    """Return the events of a participant who chose so; what `chosen` leaves out was not answered."""
    asked = [one for one in questions_for(study, name, place) if one.question.id in chosen]
    given = [
        Answer(participant=name, question=q.id, shown=one.shown, chosen=chosen[q.id], seconds=2.0)
        for one in asked
        for q in [one.question]
    ]
    return [Begun(participant=name, place=place), *given]


@pytest.fixture(scope="module")
def study() -> Study:
    return study_of(2)


def test_recall_and_precision_are_those_that_one_counts(study: Study) -> None:
    """Pictures 0 and 1 of experiment (i) are right, by ours and the baseline; picture 0 of (ii) is."""
    events = [
        *answers_of(study, "a", {"i-01": (0, 1), "i-02": (0,), "ii-01": (0,), "ii-02": (0,)}),
        *answers_of(study, "b", {"i-01": (0, 2, 3, 4), "i-02": (), "ii-01": (2,), "ii-02": ()}),
    ]
    scores = score(study, events)
    values = {name: share.value for name, share in scores.shares.items() if share is not None}
    assert values["recall, ours"] == 3 / 4 and values["recall, baseline"] == 1 / 4
    assert values["recall, difference"] == 2 / 4
    assert (values["precision"], values["false"], values["none"]) == (2 / 4, 1 / 4, 1 / 4)
    for method in ("ours", "baseline"):  # b chose all others of the first question; each question has two answers
        others = [
            sum(not one.right and one.method == method for one in asked.pictures) for asked in study.questions["i"]
        ]
        assert values[f"chosen of others, {method}"] == pytest.approx(others[0] / (2 * sum(others)))
    assert (scores.begun, scores.finished, scores.counted, scores.answers) == (2, 2, 2, 8)
    assert scores.chosen["i-01"] == [1.0, 0.5, 0.5, 0.5, 0.5]


def test_the_interval_is_that_of_participants_drawn_anew(study: Study) -> None:
    """Two of four are always right and two never: drawn anew, 0 to 4 of four are, each with a binomial's chance."""
    always = {"i-01": (0,), "i-02": (0,), "ii-01": (0,), "ii-02": (0,)}
    never = {"i-01": (), "i-02": (), "ii-01": (1,), "ii-02": (2,)}
    events = [e for name in "abcd" for e in answers_of(study, name, always if name in "ab" else never)]
    precision = score(study, events).shares["precision"]
    assert precision is not None
    # P(0 of 4) is 1/16: more than 2.5 %, so that the bounds are the ends.
    assert (precision.value, precision.low, precision.high, precision.answers) == (0.5, 0.0, 1.0, 8)


def test_with_many_participants_the_interval_is_the_normal_one(study: Study) -> None:
    rng = np.random.default_rng(0)
    events: list[Event] = []
    right = rng.random((100, 2)) < 0.7
    for number, (one, two) in enumerate(right):
        chosen = {"i-01": (0,), "i-02": (0,), "ii-01": (0,) if one else (1,), "ii-02": (0,) if two else (1,)}
        events += answers_of(study, f"{number}", chosen)
    precision = score(study, events).shares["precision"]
    assert precision is not None and precision.low is not None and precision.high is not None
    reach = 1.96 * right.mean(axis=1).std() / 10
    assert precision.value == pytest.approx(right.mean())
    assert precision.low == pytest.approx(right.mean() - reach, abs=0.01)
    assert precision.high == pytest.approx(right.mean() + reach, abs=0.01)


def test_one_participant_alone_bounds_nothing(study: Study) -> None:
    scores = score(study, answers_of(study, "a", {"i-01": (0,), "i-02": (0,), "ii-01": (0,), "ii-02": (1,)}))
    recall = scores.shares["recall, ours"]
    assert recall is not None and (recall.value, recall.low, recall.high) == (1.0, None, None)
    assert "one participant bounds nothing" in study_table(study, scores).note


def test_who_did_not_finish_is_left_out_unless_asked_for_and_it_is_said(study: Study) -> None:
    events = [
        *answers_of(study, "a", {"i-01": (0,), "i-02": (0,), "ii-01": (0,), "ii-02": (0,)}),
        *answers_of(study, "b", {"i-01": ()}),
        *answers_of(study, "c", {}),
    ]
    scores = score(study, events)
    assert (scores.begun, scores.finished, scores.counted, scores.answers) == (3, 1, 1, 4)
    assert scores.participants_in_words() == (
        "1 finished; 2 more began and did not finish and are not counted; 4 answers"
    )
    included = score(study, events, unfinished=True)
    recall = included.shares["recall, ours"]
    assert recall is not None and recall.value == 2 / 3
    assert (included.counted, included.answers) == (2, 5)
    assert "whose answers so far count, too" in included.participants_in_words()


def test_no_answers_and_nobody_finished_are_refused_in_words(study: Study) -> None:
    with pytest.raises(ValueError, match="there are no answers yet: serve the study"):
        score(study, [Begun(participant="a", place=0)])
    with pytest.raises(ValueError, match="nobody has finished yet: 1 began, 1 answers; --unfinished"):
        score(study, answers_of(study, "a", {"i-01": ()}))


@pytest.mark.parametrize(
    ("question", "chosen", "words"),
    [("i-09", (), "does not ask"), ("i-01", (7,), "has 5 pictures"), ("ii-01", (), "twice")],
)
def test_answers_that_no_server_of_this_study_wrote_are_refused(
    study: Study, question: str, chosen: tuple[int, ...], words: str
) -> None:
    events = answers_of(study, "a", {"ii-01": ()})
    events.append(Answer(participant="a", question=question, shown=(0,), chosen=chosen, seconds=0))
    with pytest.raises(ValueError, match=words):
        score(study, events)


def test_the_table_is_table_1_b_with_the_published_numbers_beside(study: Study) -> None:
    events = answers_of(study, "a", {"i-01": (0, 1), "i-02": (0,), "ii-01": (0,), "ii-02": ()})
    table = study_table(study, score(study, events))
    ours, baseline = table.rows
    assert (table.name, table.source) == ("table-1b", "Table 1 (b)")
    assert ours.published == {"recall": 0.8029, "precision": 0.838} and baseline.published == {"recall": 0.751}
    assert ours.cells["recall"] is not None and ours.cells["recall"].value == 1.0
    assert baseline.cells["recall"] is not None and baseline.cells["recall"].value == 0.5
    assert baseline.cells["precision"] is None
    assert "Ours, (i) recall: 100.0%, the paper's 80.3%" in lines(table)


def test_score_writes_a_document_and_says_the_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "study"
    study = write_small_study(folder)
    assert main(["study", "score", str(folder)]) == 2
    assert "there are no answers yet" in capsys.readouterr().err
    log, _ = AnswerLog.open(folder, study)
    for event in answers_of(study, "a", {"i-01": (0,), "i-02": (0,), "ii-01": (0,), "ii-02": (0,)}):
        log.append(event)
    log.close()
    assert main(["study", "score", str(folder), str(tmp_path / "out" / "score.json")]) == 0
    written = json.loads((tmp_path / "out" / "score.json").read_text())
    assert written["table"]["rows"][0]["cells"]["precision"]["value"] == 1.0
    assert written["participants"] == {"begun": 1, "finished": 1, "counted": 1}
    assert written["questions"][0]["pictures"][0]["chosen"] == 1.0
    assert "Ours, (ii) precision: 100.0%, the paper's 83.8%" in capsys.readouterr().out
