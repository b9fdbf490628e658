"""Top-k, and a selection that goes on after any death and is shared between ranks."""

import json
import logging
from pathlib import Path

import numpy as np
import pytest

from s2s.selection.select import Ledger, gather, load_scores, save_scores, score_clips, top_moments
from s2s.selection.selectors import ByChance, ByLoudness
from tests.s2s.selection.clips import MadeUp

SETTINGS = {"by": "random", "seed": 0}


def test_the_highest_scores_come_first_and_of_equals_the_earlier() -> None:
    assert top_moments(np.array([0.1, 0.9, 0.5, 0.9], np.float32), 3) == [1, 3, 2]
    assert top_moments(np.arange(30, dtype=np.float32)) == list(range(29, 19, -1))
    assert top_moments(np.zeros(3, np.float32)) == [0, 1, 2]


@pytest.mark.parametrize("wrong", [np.empty(0), np.zeros((2, 2)), np.array([0.0, np.nan]), np.array([np.inf])])
def test_scores_that_cannot_be_ranked_are_refused(wrong: np.ndarray) -> None:
    with pytest.raises(ValueError, match="finite scores"):
        top_moments(wrong.astype(np.float32))


def test_a_ledger_gives_back_what_it_was_given_to_the_last_bit(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    ledger = Ledger.open(path, SETTINGS)
    scores = np.random.default_rng(0).normal(size=100).astype(np.float32)
    ledger.add("a", scores)
    ledger.skip("b", "no frames")
    again = Ledger.open(path, SETTINGS)
    assert np.array_equal(again.scores["a"], scores)
    assert again.skipped == {"b": "no frames"}
    assert "a" in again and "b" in again and "c" not in again


def test_a_line_cut_short_by_a_kill_is_dropped_and_what_follows_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    ledger = Ledger.open(path, SETTINGS)
    ledger.add("a", np.ones(2, np.float32))
    with path.open("a") as file:
        file.write('{"id":"b","sco')
    again = Ledger.open(path, SETTINGS)
    again.add("c", np.zeros(2, np.float32))
    assert list(Ledger.read(path, SETTINGS).scores) == ["a", "c"]


def test_scores_made_another_way_are_not_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    Ledger.open(path, SETTINGS).add("a", np.ones(2, np.float32))
    assert Ledger.open(path, {"by": "random", "seed": 1}).scores == {}
    assert json.loads(path.read_text().splitlines()[0])["seed"] == 1


def test_what_is_known_is_not_scored_again_and_what_cannot_be_read_is_skipped(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source = MadeUp(5, broken=[2])
    ledger = Ledger.open(tmp_path / "ledger.jsonl", ByLoudness().settings)
    score_clips(source, source.ids[:3], ByLoudness(), ledger)
    source.read.clear()
    with caplog.at_level(logging.WARNING):
        score_clips(source, source.ids, ByLoudness(), ledger)
    assert source.read == ["clip-3", "clip-4"]
    assert ledger.skipped == {"!clip-2": "its shard is damaged"}


def test_ranks_share_the_clips_and_the_first_waits_for_the_others(tmp_path: Path) -> None:
    source, by = MadeUp(7), ByChance(0)
    paths = [tmp_path / f"rank-{rank}.jsonl" for rank in range(2)]
    first = Ledger.open(paths[0], by.settings)
    score_clips(source, source.ids[0::2], by, first)
    naps = 0

    def other_rank_works(seconds: float) -> None:
        nonlocal naps
        naps += 1
        score_clips(source, source.ids[1::2][:naps], by, Ledger.open(paths[1], by.settings))

    gather(first, [paths[1]], source.ids, clock=lambda: 0.0, sleep=other_rank_works)
    assert naps == 3
    assert sorted(first.scores) == sorted(source.ids)
    assert np.array_equal(first.scores["clip-3"], by.scores(source, "clip-3"))


def test_clips_of_a_rank_that_died_are_missed_in_the_end(tmp_path: Path) -> None:
    now = iter(range(0, 10_000, 100))
    with pytest.raises(ValueError, match="2 clips are nobody's"):
        gather(Ledger(tmp_path / "0", SETTINGS), [tmp_path / "1"], ["a", "b"], lambda: next(now), lambda seconds: None)


def test_saved_scores_come_back_with_their_settings(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    scores = {"a/b é": np.arange(3, dtype=np.float32), "c": np.zeros(2, np.float32)}
    save_scores(path, scores, SETTINGS)
    loaded, settings = load_scores(path)
    assert settings == SETTINGS
    assert set(loaded) == set(scores)
    assert np.array_equal(loaded["a/b é"], scores["a/b é"])
    assert list(load_scores(path, ["c"])[0]) == ["c"]
    path.write_bytes(b"no scores")
    with pytest.raises(ValueError, match="holds no scores"):
        load_scores(path)
