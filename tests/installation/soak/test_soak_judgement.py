"""What a soak concludes: a failure names the figure, what a short run cannot tell stays open."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from installation.logs.exposition import Labels
from installation.soak.command import conclude
from installation.soak.judgement import Judged, Verdict, failures, judge, recoveries
from installation.soak.page import page
from installation.soak.plan import Deed, Kind
from installation.soak.processes import files_in, look_at
from installation.soak.record import Record
from installation.soak.sampling import Scrape, between, longer_than, percentile_ms, pids
from installation.soak.series import Series

HOURS = 2.0


def figure(name: str, slope: float, *, mean: float = 200.0, noise: float = 0.0, hours: float = HOURS) -> Series:
    draw, made = np.random.default_rng(3), Series(name, "MiB")
    for t_s in np.arange(0.0, 3600.0 * hours, 20.0):
        made.add(float(t_s), mean + slope * (t_s / 3600.0 - hours / 2) + draw.normal(0.0, noise))
    return made


def verdict(name: str, slope: float, **more: float) -> Judged:
    (one,) = judge([figure(name, slope, **more)], 3600.0 * more.get("hours", HOURS))
    return one


def test_a_process_that_grows_more_than_a_mebibyte_an_hour_fails_by_name() -> None:
    leaking = verdict("capture: resident memory", 3.0, noise=0.2)
    assert leaking.verdict is Verdict.FAILS
    assert failures([leaking], [], 0, 0, []) == [leaking.words]
    assert leaking.words.startswith("capture: resident memory: +3") and "MiB an hour" in leaking.words
    assert verdict("capture: resident memory", 0.4, noise=0.2).verdict is Verdict.HOLDS
    assert verdict("capture: resident memory", -5.0, noise=0.2).verdict is Verdict.HOLDS


def test_what_the_noise_hides_and_what_is_too_short_stays_open() -> None:
    assert verdict("show: resident memory", 1.0, noise=8.0).verdict is Verdict.OPEN
    assert verdict("show: resident memory", 50.0, hours=0.2).verdict is Verdict.OPEN
    (nothing,) = judge([Series("show: resident memory", "MiB")], 3600.0)
    assert nothing.verdict is Verdict.OPEN and "too little" in nothing.words


@pytest.mark.parametrize(
    ("name", "slope", "mean", "expected"),
    [
        ("interval p95", 10.0, 40.0, Verdict.FAILS),
        ("interval p95", 1.0, 40.0, Verdict.HOLDS),
        ("pictures generated a second", -3.0, 12.0, Verdict.FAILS),
        ("pictures generated a second", 3.0, 12.0, Verdict.HOLDS),
        ("show: open handles", 4.0, 40.0, Verdict.FAILS),
        ("temporary files", 0.0, 0.0, Verdict.HOLDS),
        ("show: proportional memory", 90.0, 200.0, Verdict.TOLD),
    ],
)
def test_each_figure_has_a_rule_of_its_own(name: str, slope: float, mean: float, expected: Verdict) -> None:
    assert verdict(name, slope, mean=mean).verdict is expected


def test_a_fault_is_over_when_the_show_is_well_again_and_stays_so_until_the_next() -> None:
    faults = [(100.0, "kill capture", 0.0), (400.0, "edit", 10.0), (700.0, "stop inference", 0.0)]
    well = [(0.0, True), (101.0, False), (104.0, True), (405.0, False), (412.5, True), (703.0, False)]
    found = recoveries(faults, well, 1000.0)
    assert [one.took_s for one in found] == [4.0, 2.5, None]
    assert recoveries([(50.0, "flood", 10.0)], [(0.0, True)], 100.0)[0].took_s == 0.0
    lines = failures([], found, 2, 6, ["process 7"])
    assert lines == [
        "not well again after stop inference at 700 s",
        "2 pictures stood for more than 2 s",
        "the show ended with exit code 6",
        "left behind: process 7",
    ]


def scrape(shown: float, *below: float) -> Scrape:
    name = "sound2scene_picture_interval_seconds"
    edges = zip(("0.02", "0.05", "2", "+Inf"), below, strict=True)
    counts: dict[tuple[str, Labels], float] = {(f"{name}_bucket", (("le", edge),)): count for edge, count in edges}
    return {**counts, (f"{name}_count", ()): below[-1], ("sound2scene_pictures_shown_total", ()): shown}


def test_rates_and_percentiles_are_of_what_happened_between_two_looks() -> None:
    before, after = scrape(1000, 1000, 1000, 1000, 1000), scrape(1300, 1000, 1285, 1300, 1300)
    found = between(before, after, 10.0)
    assert found.shown_fps == 30.0 and found.generated_fps == 0.0 and found.fast_p95_ms is None
    assert found.interval_p95_ms == pytest.approx(50.0)
    assert percentile_ms(before, after, "sound2scene_picture_interval_seconds", 0.5) == pytest.approx(
        20 + 30 * 150 / 285
    )
    assert between(after, before, 10.0).shown_fps is None  # the show began anew
    assert longer_than(scrape(9, 1, 2, 7, 9), "2") == 2
    assert pids({("sound2scene_process_id", (("process", "show"),)): 12.0}) == {"show": 12}


def a_record() -> Record:
    record = Record({"product": "a <show>", "seed": 1}, duration_s=7200.0)
    for name in ("show", "capture"):
        record.series[name] = figure(f"{name}: resident memory", 4.0 if name == "show" else 0.0, noise=0.1)
    record.deeds = [(500.0, Deed(500.0, Kind.KILL, "capture")), (30.0, Deed(30.0, Kind.CONTROL, "/render/hue", 3.0))]
    record.well, record.reasons = (
        [(0.0, True), (501.0, False), (505.0, True)],
        [(501.0, "capture: <gone>"), (505.0, "well")],
    )
    return record


def test_the_page_names_what_failed_and_needs_nothing_else() -> None:
    text = page(a_record())
    assert "show: resident memory: +4" in text and "kill capture" in text and "5.0 s" in text
    assert text.count("<svg") == 2 and "prefers-color-scheme:dark" in text
    assert "<show>" not in text and "<gone>" not in text
    assert "http" not in text and "src=" not in text and "<script" not in text


def test_a_failure_is_exit_code_1_and_both_files_are_written(tmp_path: Path) -> None:
    assert conclude(a_record(), tmp_path / "s.json") == 1
    document = json.loads((tmp_path / "s.json").read_text())
    assert len(document["failures"]) == 1 and document["recoveries"][0]["took_s"] == 5.0
    assert (tmp_path / "s.html").read_text().startswith("<!doctype html>")

    good = a_record()
    del good.series["show"]
    assert conclude(good, tmp_path / "good.json") == 0


def test_a_run_that_was_ended_before_the_first_picture_has_a_page_too() -> None:
    assert "There was none." in page(Record({}))


def test_what_the_system_says_of_a_process(tmp_path: Path) -> None:
    found = look_at(os.getpid())
    assert found is not None and found.rss_mib > 10.0 and found.threads >= 1 and found.cpu_s > 0.0
    assert look_at(2**22 + 1) is None
    (tmp_path / "a").write_bytes(b"x" * 1024)
    assert files_in(tmp_path) == (1, 1024 / 2**20)
