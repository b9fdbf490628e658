"""A venue's cues as their file says them, and what is said of a bad one."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from installation.cues.cue_list import Cue, CueError, CueList, read_cues
from installation.cues.times_of_day import Duration

PRESETS = ("gallery", "performance", "world")
EVENING = """\
timezone: Europe/Vienna
start: doors
cues:
  - name: doors
    preset: gallery
    values: {/render/saturation: 0.6}
    morph: 12
    easing: linear
  - {name: overture, preset: performance, duration: 8 bars}
  - {name: interval, values: {/show/blackout: true}, duration: 15 min, then: wait}
  - {name: night, model: default, at: 22:30}
playlist: {looks: [gallery, world], dwell: 5 min, morph: 20, order: shuffle}
"""


def cues_of(folder: Path, text: str) -> CueList:
    file = folder / "cues.yaml"
    file.write_text(text, encoding="utf-8")
    return read_cues(file, lambda: PRESETS)


def test_a_cue_says_what_is_gone_to_how_and_for_how_long(tmp_path: Path) -> None:
    evening = cues_of(tmp_path, EVENING)
    doors, overture, interval, night = evening.cues
    assert doors == Cue("doors", "gallery", {"/render/saturation": 0.6}, morph_s=12, easing="linear", then="wait")
    assert (overture.duration, overture.then) == (Duration(beats=32), "next")
    assert (interval.duration, interval.then, dict(interval.values)) == (
        *(Duration(seconds=900), "wait", {"/show/blackout": True}),
    )
    assert (night.at_s, night.model, evening.zone) == (81_000, "default", ZoneInfo("Europe/Vienna"))
    assert evening.start == "doors"
    playlist = evening.playlist
    assert (playlist.looks, playlist.dwell_s, playlist.morph_s, playlist.order) == (
        *(("gallery", "world"), 300, 20, "shuffle"),
    )


def test_a_cue_is_found_by_its_name_or_number(tmp_path: Path) -> None:
    evening = cues_of(tmp_path, EVENING)
    assert [evening.place_of(said) for said in ("doors", "4", "04", "night")] == [0, 3, 3, 3]
    assert [evening.place_of(said) for said in ("0", "5", "Doors", "", "²", "-1", "9" * 40)] == [None] * 7


def test_a_file_may_hold_a_playlist_alone_that_is_off(tmp_path: Path) -> None:
    assert cues_of(tmp_path, "playlist: {order: off}\n") == CueList()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("- a", "expected a YAML mapping with cues, a playlist or both"),
        ("cue: []", "unknown key 'cue', did you mean 'cues'"),
        ("cues: [{preset: gallery}]", "cue 1: name is required"),
        ("cues: [{name: a}, 7]", "cue 2: expected a mapping with at least a name, got 7"),
        ("cues: [{name: a, morhp: 3}]", "cue 1 'a': unknown key 'morhp', did you mean 'morph'"),
        ("cues: [{name: a, preset: galery}]", "cue 1 'a': preset: there is no preset 'galery', did you mean 'gallery'"),
        ("cues: [{name: a, preset: ../gallery}]", "cue 1 'a': preset: there is no preset '../gallery'"),
        (
            "cues: [{name: a, values: {/render/bloon: 1}}]",
            "cue 1 'a': there is no parameter '/render/bloon', did you mean '/render/bloom'",
        ),
        ("cues: [{name: a, values: {/render/bloom: 7}}]", "cue 1 'a': /render/bloom takes 0..1, got 7"),
        ("cues: [{name: a, values: {/show/preset: world}}]", "cue 1 'a': values: /show/preset is not for cues"),
        ("cues: [{name: a, easing: smoth}]", "cue 1 'a': easing: expected .* did you mean 'smooth'"),
        ("cues: [{name: a, morph: 8 bars}]", "cue 1 'a': morph: expected seconds"),
        ("cues: [{name: a, morph: 20 min}]", "cue 1 'a': morph: expected at most 600 s"),
        ("cues: [{name: a, duration: long}]", "cue 1 'a': duration: expected a duration such as"),
        ("cues: [{name: a, duration: 3, then: b}, {name: bee}]", "cue 1 'a': then takes wait, next or a cue, got 'b'"),
        ("cues: [{name: a, then: next}]", "cue 1 'a': then: 'next' needs a duration"),
        ("cues: [{name: a, at: 19:30}]", "cue 1 'a': at needs the file's timezone"),
        ("timezone: UTC\ncues: [{name: a, at: noon}]", "cue 1 'a': at: expected a time of day such as 19:30"),
        ("cues: [{name: a}, {name: a}]", "cue 2: there is another one called 'a'"),
        ("cues: [{name: '3'}]", "cue 1 '3': name: '3' means another cue than this"),
        ("cues: [{name: next}]", "cue 1 'next': name: 'next' means another cue"),
        ('cues: [{name: "a\\nb"}]', "cue 1 'a b': name: expected one line that can be printed"),
        ("cues: [{name: a}]\nstart: b", "start: there is no cue 'b'"),
        ("playlist: {looks: [galery]}", "playlist: looks: there is no preset 'galery', did you mean 'gallery'"),
        ("playlist: {dwel: 3}", "unknown key 'playlist.dwel', did you mean 'dwell'"),
        ("playlist: {dwell: 0.1}", "playlist: dwell: expected a second or more"),
        ("playlist: {order: random}", "playlist.order: input should be 'off', 'in order' or 'shuffle', got 'random'"),
        ("cues: [" + "{name: a}," * 201 + "]", "cues: list should have at most 200 items"),
    ],
)
def test_what_is_wrong_names_file_cue_and_the_nearest_key_in_one_line(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(CueError, match=f"^cues.yaml: .*{reason}") as told:
        cues_of(tmp_path, text)
    assert "\n" not in str(told.value) and len(str(told.value)) < 300
