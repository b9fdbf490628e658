"""Clips of YouTube videos in both published spellings."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2s.data.clip_ids import ClipId, other_spelling

youtube_ids = st.text(string.ascii_letters + string.digits + "-_", min_size=11, max_size=11)
clip_ids = st.builds(ClipId, youtube_ids, st.integers(0, 999_999))


@given(clip_ids)
def test_both_spellings_lead_back_to_the_clip(clip: ClipId) -> None:
    assert ClipId.parse(clip.stem) == ClipId.parse(clip.span) == clip
    assert other_spelling(clip.stem) == clip.span
    assert other_spelling(clip.span) == clip.stem


@given(st.lists(clip_ids, unique=True, max_size=20))
def test_no_two_clips_are_spelt_alike(clips: list[ClipId]) -> None:
    assert len({clip.stem for clip in clips} | {clip.span for clip in clips}) == 2 * len(clips)


@given(st.text(string.digits + "_-a", max_size=30))
def test_what_is_read_is_spelt_as_it_was(text: str) -> None:
    clip = ClipId.find(text)
    assert clip is None or text in (clip.stem, clip.span)


@pytest.mark.parametrize(
    ("stem", "span"),
    [
        ("1XjwssJT_ok_000025", "1XjwssJT_ok_25000_35000"),  # of the published samples
        ("VNs8qiFvwfk_000030", "VNs8qiFvwfk_30000_40000"),
        ("XvuoIqLqMng_000210", "XvuoIqLqMng_210000_220000"),
        ("---g-f_I2yQ_000001", "---g-f_I2yQ_1000_11000"),
        ("_547JTmvb9g_000030", "_547JTmvb9g_30000_40000"),
        ("gLPkzyEy--c_000876", "gLPkzyEy--c_876000_886000"),
        ("___________000000"[:11] + "_000000", "____________0_10000"),
        ("00000000000_000000", "00000000000_0_10000"),
    ],
)
def test_the_published_names_are_read(stem: str, span: str) -> None:
    assert other_spelling(stem) == span
    assert other_spelling(span) == stem


@pytest.mark.parametrize(
    "name",
    [
        "",
        "--0PQM4-hqg",
        "--0PQM4-hqg_30",
        "--0PQM4-hqg_000030.mp4",
        "-0PQM4-hqg_000030",
        "--0PQM4-hqg_30000_38000",
        "--0PQM4-hqg_30500_40500",
        "--0PQM4-hqg_030000_040000",
        "--0PQM4-hqg_40000_30000",
        "--0PQM4-hqg_9999990000_10000000000",
        "--0PQM4-hq!_000030",
        "--0PQM4-hqg_000030\n",
        "--0PQM4-hqg_٠٠٠٠٣٠",
        "rain_0_10000",
    ],
)
def test_other_names_are_no_clips(name: str) -> None:
    assert ClipId.find(name) is None
    assert other_spelling(name) is None
    with pytest.raises(ValueError, match="expected a clip like"):
        ClipId.parse(name)


@pytest.mark.parametrize(("video", "start_s"), [("short", 0), ("--0PQM4-hqg", -1), ("--0PQM4-hqg", 1_000_000)])
def test_a_clip_that_cannot_be_is_refused(video: str, start_s: int) -> None:
    with pytest.raises(ValueError, match="expected a"):
        ClipId(video, start_s)
