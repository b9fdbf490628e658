"""Splits, order and shares of a run: pure, the same for every rank and every start."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2s.data.corpus import Split, Video
from s2s.data.plan import is_of_rank, plan_jobs, source_name, splits_of
from s2s.data.ranks import Rank
from s2s.data.settings import PrepareSettings
from s2s.data.splits import split_of

SETTINGS = PrepareSettings(shares=(0.8, 0.1, 0.1))
ROOT = Path("/films")


def videos(count: int) -> list[Video]:
    return [Video(ROOT / f"{number}.mp4", f"film-{number}") for number in range(count)]


def test_shares_are_of_recordings_and_do_not_hang_on_the_order_of_the_list() -> None:
    jobs = plan_jobs(videos(2_000), ROOT, SETTINGS)
    counts = Counter(job.split for job in jobs)
    assert counts["train"] == pytest.approx(1_600, abs=80)
    assert counts["val"] == pytest.approx(200, abs=60)
    assert counts["test"] == pytest.approx(200, abs=60)
    assert plan_jobs(videos(2_000)[::-1], ROOT, SETTINGS) == jobs


def test_another_seed_draws_another_split_and_another_order() -> None:
    one, other = (plan_jobs(videos(300), ROOT, replace(SETTINGS, seed=seed)) for seed in (0, 1))
    assert [job.video.id for job in one] != [job.video.id for job in other]
    assert {job.video.id: job.split for job in one} != {job.video.id: job.split for job in other}


def test_the_order_mixes_what_a_folder_sorts() -> None:
    numbers = [int(job.video.id.removeprefix("film-")) for job in plan_jobs(videos(1_000), ROOT, SETTINGS)]
    assert 350 < sum(numbers[:200]) / 200 < 650


def test_clips_of_one_recording_go_together() -> None:
    listed = [replace(video, recording=f"tape {number % 50}") for number, video in enumerate(videos(500))]
    splits: dict[str, set[Split]] = {}
    for job in plan_jobs(listed, ROOT, SETTINGS):
        splits.setdefault(job.video.split_key, set()).add(job.split)
    assert all(len(found) == 1 for found in splits.values())
    assert len(set().union(*splits.values())) == 3


def test_a_split_that_the_corpus_gives_stays() -> None:
    listed = [replace(video, split="test") for video in videos(20)]
    assert {job.split for job in plan_jobs(listed, ROOT, SETTINGS)} == {"test"}


@given(st.sets(st.text(min_size=1, max_size=8), max_size=12), st.integers(0, 50))
def test_of_three_recordings_every_split_has_one_and_training_keeps_one(names: set[str], seed: int) -> None:
    settings = replace(SETTINGS, seed=seed)
    splits = splits_of(sorted(names), settings, {})
    assert splits == splits_of(sorted(names, reverse=True), settings, {})
    assert set(splits) == names
    if len(names) >= 12:
        assert set(splits.values()) == {"train", "val", "test"}


def test_few_recordings_are_moved_only_out_of_training() -> None:
    for seed in range(40):
        settings = replace(SETTINGS, seed=seed)
        names = [f"tape {number}" for number in range(5)]
        drawn = {name: split_of(name, val_share=0.1, test_share=0.1, seed=seed) for name in names}
        splits = splits_of(names, settings, {})
        moved = [name for name in names if splits[name] != drawn[name]]
        assert all(drawn[name] == "train" for name in moved)
        if Counter(drawn.values())["train"] >= 3:
            assert set(splits.values()) == {"train", "val", "test"}


def test_a_share_of_nothing_is_nothing() -> None:
    settings = replace(SETTINGS, shares=(1.0, 0.0, 0.0))
    assert set(splits_of(["a", "b", "c", "d"], settings, {}).values()) == {"train"}


def test_what_was_decided_stays_when_the_folder_grows() -> None:
    names = [f"tape {number}" for number in range(4)]
    before = splits_of(names, SETTINGS, {})
    grown = splits_of([*names, *(f"reel {number}" for number in range(50))], SETTINGS, before)
    assert {name: grown[name] for name in names} == before


def test_ranks_share_all_films_and_nobody_has_anothers() -> None:
    listed = [video.id for video in videos(3_000)]
    parts = [{name for name in listed if is_of_rank(name, rank, 3)} for rank in range(3)]
    assert sum(map(len, parts)) == len(set().union(*parts)) == 3_000
    assert all(len(part) == pytest.approx(1_000, abs=120) for part in parts)


def test_names_in_the_result_are_paths_in_the_corpus() -> None:
    assert source_name(Path("/films/a/b.mp4"), ROOT) == "a/b.mp4"
    assert source_name(Path("/else/b.mp4"), ROOT) == "/else/b.mp4"
    assert source_name(Path("/films/\udcff.mp4"), ROOT) == "\N{REPLACEMENT CHARACTER}.mp4"


@pytest.mark.parametrize("name", ["", "a.b", "a/b", "ä", "x" * 73, "a b"])
def test_an_id_that_no_tar_member_can_have_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"film.mp4: expected an id of 1 to 72 letters"):
        plan_jobs([Video(Path("film.mp4"), name)], ROOT, SETTINGS)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, Rank()),
        ({"RANK": "3", "WORLD_SIZE": "8", "LOCAL_WORLD_SIZE": "4"}, Rank(3, 8, 4)),
    ],
)
def test_torchrun_says_which_rank_this_is(environment: dict[str, str], expected: Rank) -> None:
    assert Rank.of(environment) == expected
    assert expected.cores() >= 1


@pytest.mark.parametrize("environment", [{"RANK": "2", "WORLD_SIZE": "2"}, {"RANK": "one"}, {"RANK": "-1"}])
def test_a_rank_that_cannot_be_is_refused(environment: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="expected"):
        Rank.of(environment)
