"""The file of answers: nothing that was answered for is lost, and what is torn, damaged or foreign is said."""

from pathlib import Path

import pytest

from s2s.study.answers import Answer, AnswerLog, Begun, read_answers
from s2s.study.manifest import ANSWERS, Study
from tests.s2s.study.studies import study_of, write_small_study

BEGUN = Begun(participant="a", place=0)
ANSWER = Answer(participant="a", question="i-01", shown=(1, 0, 2, 3, 4), chosen=(0,), seconds=3.5)


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return write_small_study(tmp_path / "study")


def written(folder: Path, study: Study) -> Path:
    log, _ = AnswerLog.open(folder, study)
    log.append(BEGUN)
    log.append(ANSWER)
    log.close()
    return folder / ANSWERS


def test_what_was_appended_is_there_when_the_file_is_opened_again(study: Study, tmp_path: Path) -> None:
    written(tmp_path / "study", study)
    log, events = AnswerLog.open(tmp_path / "study", study)
    log.close()
    assert events == [BEGUN, ANSWER] == read_answers(tmp_path / "study", study)


def test_before_anybody_began_there_are_no_answers(study: Study, tmp_path: Path) -> None:
    assert read_answers(tmp_path / "study", study) == []


def test_torn_anywhere_all_whole_lines_are_kept_and_the_next_answer_follows_them(study: Study, tmp_path: Path) -> None:
    path = written(tmp_path / "study", study)
    whole = path.read_bytes()
    ends = [place + 1 for place, letter in enumerate(whole) if letter == ord("\n")]
    for cut in sorted({*range(0, len(whole), 19), *ends, *(end - 1 for end in ends), *(end + 1 for end in ends[:-1])}):
        path.write_bytes(whole[:cut])
        kept = [BEGUN, ANSWER][: max(0, sum(end <= cut for end in ends) - 1)]
        assert read_answers(tmp_path / "study", study) == kept
        log, events = AnswerLog.open(tmp_path / "study", study)
        log.append(BEGUN if not kept else ANSWER)
        log.close()
        assert events == kept
        assert len(read_answers(tmp_path / "study", study)) == len(kept) + 1


def test_a_tail_of_zeros_as_a_power_cut_leaves_it_is_cut_off(study: Study, tmp_path: Path) -> None:
    path = written(tmp_path / "study", study)
    path.write_bytes(path.read_bytes() + bytes(50))
    log, events = AnswerLog.open(tmp_path / "study", study)
    log.close()
    assert events == [BEGUN, ANSWER]


@pytest.mark.parametrize("line", [b"{}", b"nonsense", b'{"event":"begun","participant":"a","place":-1}'])
def test_a_damaged_line_in_the_middle_is_named_and_nothing_is_guessed(
    line: bytes, study: Study, tmp_path: Path
) -> None:
    path = written(tmp_path / "study", study)
    path.write_bytes(path.read_bytes() + line + b"\n")
    with pytest.raises(ValueError, match=r"answers\.jsonl, line 4 is damaged"):
        read_answers(tmp_path / "study", study)


def test_answers_to_another_study_are_refused(study: Study, tmp_path: Path) -> None:
    written(tmp_path / "study", study)
    with pytest.raises(ValueError, match="answers to another study"):
        read_answers(tmp_path / "study", study_of(5))


def test_two_servers_do_not_write_one_file(study: Study, tmp_path: Path) -> None:
    log, _ = AnswerLog.open(tmp_path / "study", study)
    with pytest.raises(ValueError, match="is being served already"):
        AnswerLog.open(tmp_path / "study", study)
    log.close()
    AnswerLog.open(tmp_path / "study", study)[0].close()


def test_a_full_disk_leaves_no_half_line(study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log, _ = AnswerLog.open(tmp_path / "study", study)
    log.append(BEGUN)

    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("s2s.study.answers.os.fsync", full)
        with pytest.raises(OSError, match="No space left"):
            log.append(ANSWER)
    log.append(ANSWER)
    log.close()
    assert read_answers(tmp_path / "study", study) == [BEGUN, ANSWER]


def test_nothing_is_kept_of_a_person_but_a_number_choices_and_seconds(study: Study, tmp_path: Path) -> None:
    path = written(tmp_path / "study", study)
    assert set(Begun.model_fields) == {"event", "participant", "place"}
    assert set(Answer.model_fields) == {"event", "participant", "question", "shown", "chosen", "seconds"}
    assert path.stat().st_mode & 0o077 == 0
