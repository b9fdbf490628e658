"""Best frames of clips: the published file as it is, our own, and how far two of them agree."""

import json
import logging
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2s.data.annotations import agreement, fit, read_annotation, write_annotation

PUBLISHED = {
    "9fhhMaXTraI_44000_54000": [47, 46, 45, 23, 42, 9, 44, 56, 27, 17],
    "G_JwMzRLRNo_252000_262000": [2, 1, 26, 29, 15, 16, 11, 3, 14, 23],
}
frames = st.lists(st.integers(0, 99), min_size=1, max_size=10, unique=True)
tables = st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), frames, max_size=5)


def saved(path: Path, content: Any) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def plain(moments: dict[str, tuple[int, ...]]) -> dict[str, list[int]]:
    return {clip: list(numbers) for clip, numbers in moments.items()}


@pytest.mark.parametrize(
    "content",
    [
        [{"9fhhMaXTraI_44000_54000": [[10, 20, 100, 200]]}, PUBLISHED],
        [[[0.1, 0.2], "anything"], PUBLISHED],
        [None, PUBLISHED, "and more"],
        PUBLISHED,
        "\ufeff" + json.dumps(PUBLISHED),
    ],
    ids=["published", "other boxes", "more parts", "bare", "BOM"],
)
def test_the_published_file_is_read_as_it_is(tmp_path: Path, content: Any) -> None:
    read = read_annotation(saved(tmp_path / "top1_boxes_top10_moments.json", content))
    assert plain(read.moments) == PUBLISHED
    assert read.bad == {}


def test_a_file_that_counts_from_one_is_read_as_if_it_counted_from_zero(tmp_path: Path) -> None:
    read = read_annotation(saved(tmp_path / "a.json", PUBLISHED), first_frame=1)
    assert read.moments["9fhhMaXTraI_44000_54000"][:3] == (46, 45, 44)
    assert read.moments["G_JwMzRLRNo_252000_262000"][1] == 0


@given(tables)
def test_what_is_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, table: dict[str, list[int]]) -> None:
    file = tmp_path_factory.getbasetemp() / "own.json"
    write_annotation(file, table)
    assert json.loads(file.read_text(encoding="utf-8")) == table
    read = read_annotation(file)
    assert plain(read.moments) == table
    assert list(read.moments) == list(table)


def test_one_clip_is_one_line_and_nothing_else_is_left_behind(tmp_path: Path) -> None:
    write_annotation(tmp_path / "own.json", {"a": np.array([3, 1]), "b": [2]})  # type: ignore[dict-item]
    write_annotation(tmp_path / "own.json", {"a": np.array([3, 1]), "b": [2]})  # type: ignore[dict-item]
    assert (tmp_path / "own.json").read_text() == '{\n"a": [3, 1],\n"b": [2]\n}\n'
    assert [path.name for path in tmp_path.iterdir()] == ["own.json"]


@pytest.mark.parametrize("numbers", [[], [-1], [3, 3]])
def test_what_is_no_choice_of_frames_is_not_written(tmp_path: Path, numbers: list[int]) -> None:
    saved(tmp_path / "own.json", "as before")
    with pytest.raises(ValueError, match="'rain' has"):
        write_annotation(tmp_path / "own.json", {"rain": numbers})
    assert (tmp_path / "own.json").read_text() == "as before"


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ([], "has no list of frame numbers"),
        (47, "has no list of frame numbers"),
        ({"0": 47}, "has no list of frame numbers"),
        ([47, "46"], "has '46' for a frame number"),
        ([47.5], "has 47.5 for a frame number"),
        ([True], "has True for a frame number"),
        ([None], "has None for a frame number"),
        ([5, -1], "has frame -1 where the first is 0"),
        ([5, 6, 5], "has a frame twice"),
    ],
)
def test_a_bad_entry_is_left_out_and_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, entry: Any, reason: str
) -> None:
    read = read_annotation(saved(tmp_path / "a.json", {"bad": entry, "good": [1, 2]}))
    assert read.moments == {"good": (1, 2)}
    assert read.bad == {"bad": reason}
    assert f"'bad' {reason}" in caplog.text


def test_many_bad_entries_are_counted_rather_than_listed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    table = {"good": [1], **{f"bad {number}": [] for number in range(500)}}
    assert len(read_annotation(saved(tmp_path / "a.json", table)).bad) == 500
    assert len(caplog.records) == 4
    assert "497 more" in caplog.text


def test_frame_zero_in_a_file_that_is_said_to_count_from_one_is_bad(tmp_path: Path) -> None:
    read = read_annotation(saved(tmp_path / "a.json", {"a": [0, 4], "b": [4]}), first_frame=1)
    assert read.moments == {"b": (3,)}
    assert read.bad == {"a": "has frame 0 where the first is 1"}


@pytest.mark.parametrize(("lowest", "warned"), [(0, False), (1, True)])
def test_a_file_that_seems_to_count_from_one_is_warned_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, lowest: int, warned: bool
) -> None:
    draw = random.Random(0)
    table = {f"clip {number}": draw.sample(range(lowest, lowest + 100), 10) for number in range(300)}
    file = saved(tmp_path / "a.json", table)
    with caplog.at_level(logging.WARNING):
        read_annotation(file)
    assert ("seems to count from 1" in caplog.text) == warned
    caplog.clear()
    read_annotation(saved(tmp_path / "few.json", {"a": [1, 2]}))
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "cannot be read as JSON"),
        ('{"a": [1,', "cannot be read as JSON"),
        ("[" * 100_000, "cannot be read as JSON"),
        ('{"a": [1], "b": [2], "a": [3]}', "'a' is there twice"),
        ("47", "holds no moments"),
        ("[]", "holds no moments"),
        ([PUBLISHED], "holds no moments"),
        ([PUBLISHED, [1, 2]], "holds no moments"),
        ({"images": {"a": 1}, "version": "2"}, "none of 2 entries is a list of frame numbers; 'images' has no list"),
    ],
)
def test_a_json_that_is_something_else_is_named(tmp_path: Path, content: Any, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint) as refused:
        read_annotation(saved(tmp_path / "a.json", content))
    assert "a.json" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_what_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(ValueError, match="no text in UTF-8"):
        read_annotation(tmp_path / "a.json")


def test_no_clip_at_all_is_an_annotation_too(tmp_path: Path) -> None:
    assert read_annotation(saved(tmp_path / "a.json", "{}")).moments == {}


def test_numbers_just_beyond_the_end_become_the_last_frame() -> None:
    fitted = fit({"a": (100, 99, 3), "b": (5,)}, {"a": 98, "b": 6})
    assert fitted.moments == {"a": (97, 3), "b": (5,)}
    assert fitted.bad == {}


def test_numbers_far_beyond_the_end_are_bad() -> None:
    fitted = fit({"a": (240, 3), "b": (5,), "c": (0,)}, {"a": 100, "b": 6, "c": 0})
    assert fitted.moments == {"b": (5,)}
    assert fitted.bad == {"a": "has frame 240 of a clip of 100", "c": "has frame 0 of a clip of 0"}


@given(tables, st.integers(1, 120))
def test_what_fits_lies_within_the_clip_once_and_in_order(table: dict[str, list[int]], count: int) -> None:
    fitted = fit(table, dict.fromkeys(table, count))
    assert set(fitted.moments) | set(fitted.bad) == set(table)
    for clip, numbers in fitted.moments.items():
        assert len(set(numbers)) == len(numbers)
        assert set(numbers) <= set(range(count))
        kept = [number for number in table[clip] if number < count - 1]
        assert [number for number in numbers if number < count - 1] == kept


def test_clips_are_found_under_the_spelling_of_the_data() -> None:
    fitted = fit(PUBLISHED, {"9fhhMaXTraI_000044": 100, "G_JwMzRLRNo_252000_262000": 100, "rain": 100})
    assert plain(fitted.moments) == {
        "9fhhMaXTraI_000044": PUBLISHED["9fhhMaXTraI_44000_54000"],
        "G_JwMzRLRNo_252000_262000": PUBLISHED["G_JwMzRLRNo_252000_262000"],
    }


def test_an_annotation_agrees_with_itself() -> None:
    same = agreement(PUBLISHED, PUBLISHED, within_frames=0)
    assert (same.num_clips, same.num_first_only, same.num_second_only) == (2, 0, 0)
    assert (same.top1, same.overlap) == (1, 1)
    # Beside the other clip: 47 and 2 are far apart; of ten frames 23 alone is in both.
    assert same.top1_by_chance == 0
    assert same.overlap_by_chance == pytest.approx(0.1)


def test_agreement_counts_best_frames_that_lie_near_and_frames_in_common() -> None:
    ours = {"a": [10, 20, 30], "b": [50, 60], "c": [7], "ours": [1]}
    theirs = {"a": [15, 20], "b": [56, 60, 50], "c": [7, 8], "theirs": [1], "theirs too": [2]}
    found = agreement(ours, theirs, within_frames=5)
    assert (found.num_clips, found.num_first_only, found.num_second_only) == (3, 1, 2)
    assert found.top1 == pytest.approx(2 / 3)
    assert found.overlap == pytest.approx((1 / 2 + 1 + 1) / 3)


@given(tables, tables, st.integers(0, 20))
def test_agreement_does_not_mind_the_order(
    first: dict[str, list[int]], second: dict[str, list[int]], within_frames: int
) -> None:
    first["both"], second["both"] = [1, 2], [2, 3]
    one, other = (
        agreement(first, second, within_frames=within_frames),
        agreement(second, first, within_frames=within_frames),
    )
    assert one.top1 == other.top1
    assert one.overlap == pytest.approx(other.overlap)
    assert 0 <= one.overlap <= 1


def test_agreement_of_random_choices_is_what_chance_gives() -> None:
    draw = random.Random(0)
    first, second = ({str(clip): draw.sample(range(100), 10) for clip in range(2000)} for _ in range(2))
    found = agreement(first, second, within_frames=5)
    assert found.top1_by_chance == pytest.approx(found.top1, abs=0.03)
    assert found.overlap == pytest.approx(0.1, abs=0.01)
    assert found.overlap_by_chance == pytest.approx(0.1, abs=0.01)


def test_one_clip_in_common_has_no_chance_and_none_no_agreement() -> None:
    assert agreement({"a": [1]}, {"a": [1]}).top1_by_chance is None
    with pytest.raises(ValueError, match="no clip in common: 'a' in one, 'b' in the other"):
        agreement({"a": [1]}, {"b": [1]})
    with pytest.raises(ValueError, match="none in one"):
        agreement({}, {"b": [1]})
