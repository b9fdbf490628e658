"""`/metrics`: the text format by its specification, names and units by Prometheus' conventions, and what it says."""

import re
from collections import Counter
from dataclasses import replace
from types import MappingProxyType

import pytest
from starlette.applications import Starlette

from installation.control.page.rest import rest_routes
from installation.control.page.sources import Sources
from installation.desk import Desk
from installation.histogram import Histogram
from installation.logs.exposition import CONTENT_TYPE, Family, read, written
from installation.logs.figures import BOUNDS_S, Measured, Spread, figures
from installation.status import DisplayStatus, RecordingStatus, ShowStatus
from installation.values import Condition
from tests.installation.control.test_rest import ask

STATUS = ShowStatus(
    condition=Condition.DEGRADED,
    reasons=MappingProxyType({"sound": 'no microphone: "mic:Röde\\USB"\nis gone'}),
    display=DisplayStatus(missed=MappingProxyType({"generator": 3})),
    memory_mib=MappingProxyType({"show": 200.0, "capture": 120.5}),
    outputs=MappingProxyType({"recording": RecordingStatus(recorded_s=3.0, file="evening.mp4")}),
)


def spread_of(*durations_ms: float) -> Spread:
    histogram = Histogram()
    for duration_ms in durations_ms:
        histogram.add(duration_ms)
    return Spread(tuple(histogram.cumulated([bound * 1e3 for bound in BOUNDS_S])), histogram.sum_ms / 1e3)


MEASURED = Measured(
    shown=1000, generated=200, interval=spread_of(16.0, 17.0, 33.0, 2500.0), restarts={"capture": 2}, pids={"show": 7}
)


def exposed() -> str:
    return written(figures(STATUS, MEASURED, 0.02, "1.2", "abc"))


def test_every_line_is_one_of_the_format() -> None:
    """https://prometheus.io/docs/instrumenting/exposition_formats/: HELP, TYPE and samples, ended by a line feed."""
    page = exposed()
    assert page.endswith("\n")
    name, label = r"[a-zA-Z_:][a-zA-Z0-9_:]*", r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"'
    sample = rf"{name}(\{{{label}(,{label})*\}})? (NaN|[+-]Inf|-?[0-9][0-9.e+-]*)"
    line = re.compile(rf"# HELP {name} [^\n]+|# TYPE {name} (counter|gauge|histogram)|{sample}")
    assert [one for one in page.splitlines() if line.fullmatch(one) is None] == []


def test_each_metric_is_described_once_and_its_samples_stand_together() -> None:
    seen: list[str] = []
    for line in exposed().splitlines():
        metric = line.split()[2] if line.startswith("#") else re.split(r"[{ ]", line)[0]
        metric = re.sub(r"_(bucket|sum|count)$", "", metric)
        if not seen or seen[-1] != metric:
            seen.append(metric)
    assert [name for name, times in Counter(seen).items() if times > 1] == []
    assert len(seen) >= 19


def test_names_and_units_are_those_of_the_conventions() -> None:
    """https://prometheus.io/docs/practices/naming/: one prefix, base units, `_total` for counters and nothing else."""
    kinds = dict(re.findall(r"^# TYPE (\S+) (\S+)$", exposed(), re.MULTILINE))
    assert all(name.startswith("sound2scene_") for name in kinds)
    assert {name for name in kinds if name.endswith("_total")} == {n for n, kind in kinds.items() if kind == "counter"}
    foreign = ("_ms", "_mib", "_milliseconds", "_kb", "_percent", "_minutes")
    assert [name for name in kinds if name.removesuffix("_total").endswith(foreign)] == []


def test_what_is_written_is_read_again() -> None:
    samples = read(exposed())
    assert samples["sound2scene_condition", (("condition", "degraded"),)] == 1.0
    assert samples["sound2scene_condition", (("condition", "ok"),)] == 0.0
    assert samples["sound2scene_pictures_shown_total", ()] == 1000.0
    assert samples["sound2scene_process_resident_memory_bytes", (("process", "capture"),)] == 120.5 * 2**20
    assert samples["sound2scene_worker_restarts_total", (("worker", "capture"),)] == 2.0
    assert samples["sound2scene_recording_active", (("recording", "recording"),)] == 1.0
    odd = Family.by("gauge", "odd", "a\nb\\c", "label", {'"quoted"\\\n': 1.5})
    assert read(written([odd])) == {("odd", (("label", '"quoted"\\\n'),)): 1.5}


def test_a_histogram_counts_what_is_at_or_below_each_edge_and_all_at_infinity() -> None:
    samples = read(exposed())
    counts = {
        labels[0][1]: count
        for (name, labels), count in samples.items()
        if name == "sound2scene_picture_interval_seconds_bucket"
    }
    assert (counts["0.015"], counts["0.02"], counts["0.035"], counts["2"], counts["+Inf"]) == (0, 2, 3, 3, 4)
    assert samples["sound2scene_picture_interval_seconds_count", ()] == 4
    assert samples["sound2scene_picture_interval_seconds_sum", ()] == pytest.approx(2.566)


def test_no_number_and_no_words_of_the_show_break_the_page() -> None:
    hostile = replace(STATUS, reasons=MappingProxyType({'sound"} 1\nfake 9 ': "x"}))
    page = written(figures(hostile, MEASURED, float("nan"), "1", "2"))
    assert ("fake", ()) not in read(page)
    with pytest.raises(ValueError, match="no sample"):
        read("this is no sample\n")


def test_monitors_find_both_where_they_look_for_them() -> None:
    status = ShowStatus()
    sources = Sources(Desk(), lambda: status, lambda: None, list, measured=lambda: MEASURED)
    app = Starlette(routes=rest_routes(sources, product=lambda: {"version": "1", "revision": None}, clock=lambda: 0.0))
    answer = ask(app, "GET", "/metrics")
    assert (answer.status_code, answer.headers["content-type"]) == (200, CONTENT_TYPE)
    assert read(answer.text)["sound2scene_build_info", (("version", "1"), ("revision", ""))] == 1.0
    assert ask(app, "GET", "/health").json() == ask(app, "GET", "/api/health").json()
