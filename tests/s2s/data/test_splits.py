"""Splits by recording: even, repeatable, and unmoved by what else there is."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2s.data.corpus import Split, Video
from s2s.data.splits import in_two_splits, place_of, split_of

NAMES = [f"recording {number}" for number in range(4000)]
shares = st.floats(0, 0.5)


def video(name: str, split: Split | None, recording: str | None = None) -> Video:
    return Video(Path(f"{name}.mp4"), name, split=split, recording=recording)


@given(st.text(st.characters(exclude_categories=[])), st.integers())
def test_every_name_has_a_place_of_its_own_that_stays(name: str, seed: int) -> None:
    assert 0 <= place_of(name, seed) < 1
    assert place_of(name, seed) == place_of(name, seed)


def test_the_place_of_a_name_never_changes_from_one_version_to_the_next() -> None:
    # Trained models rely on it: another hash would put their training clips into the test split.
    assert place_of("--0PQM4-hqg") == pytest.approx(0.1965698212941729, abs=1e-15)
    assert place_of("--0PQM4-hqg", seed=1) == pytest.approx(0.021516255616639723, abs=1e-15)


def test_places_are_even_and_another_seed_shuffles_them() -> None:
    places = sorted(place_of(name) for name in NAMES)
    # Kolmogorov's distance: beyond 0.03 with 4000 even draws less than once in a thousand.
    assert max(abs(place - (rank + 0.5) / len(NAMES)) for rank, place in enumerate(places)) < 0.03
    both = sum(place_of(name) < 0.5 and place_of(name, seed=1) < 0.5 for name in NAMES)
    assert both / len(NAMES) == pytest.approx(0.25, abs=0.03)


def test_splits_get_the_shares_that_were_asked_for() -> None:
    splits = [split_of(name, val_share=0.1, test_share=0.2) for name in NAMES]
    assert splits.count("val") / len(NAMES) == pytest.approx(0.1, abs=0.02)
    assert splits.count("test") / len(NAMES) == pytest.approx(0.2, abs=0.02)


@given(st.text(), shares, shares, shares)
def test_a_growing_share_keeps_what_it_held(name: str, val: float, test: float, more: float) -> None:
    smaller, larger = sorted((val, more))
    before = split_of(name, val_share=smaller, test_share=test)
    after = split_of(name, val_share=larger, test_share=test)
    assert before == after or (before, after) == ("train", "val")
    fewer, rest = sorted((test, more))
    before, after = split_of(name, val_share=val, test_share=fewer), split_of(name, val_share=val, test_share=rest)
    assert before == after or (before, after) == ("train", "test")


def test_shares_of_nothing_and_of_everything_are_kept_to_the_letter() -> None:
    assert {split_of(name, val_share=0, test_share=0) for name in NAMES} == {"train"}
    assert {split_of(name, val_share=1, test_share=0) for name in NAMES} == {"val"}
    assert {split_of(name, val_share=0, test_share=1) for name in NAMES} == {"test"}


@pytest.mark.parametrize(("val", "test"), [(-0.1, 0), (0.7, 0.7), (0, 1.5), (float("nan"), 0)])
def test_shares_that_cannot_be_are_refused(val: float, test: float) -> None:
    with pytest.raises(ValueError, match="expected shares of 0 to 1"):
        split_of("rain", val_share=val, test_share=test)


def test_recordings_that_lie_in_two_splits_are_named() -> None:
    videos = [
        video("rain_0_10000", "train", "rain"),
        video("rain_10000_20000", "test", "rain"),
        video("sea_0_10000", "train", "sea"),
        video("sea_10000_20000", "train", "sea"),
        video("owl", None),
    ]
    assert in_two_splits(videos) == {"rain": {"train", "test"}}
