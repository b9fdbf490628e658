"""A hearing report as one HTML file: tables and figures, all in the file. Pure but for reading the figures."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from s2s.evaluate.hearing.intervals import Share
from s2s.evaluate.hearing.report import HearingReport
from s2s.evaluate.hearing.scenes import DRY, SceneShares
from s2s.media.page import Html, document, element, picture, table


def hearing_page(report: HearingReport, pictures: Sequence[Path]) -> Html:
    """Return the page; `pictures` are PNG files, shown under the names of their files."""
    bundle = report.about["bundle"]
    title = f"How {bundle['name']} {bundle['version']} hears"
    figures = {path.stem: path for path in pictures}
    body = [
        element("h1", title),
        element("p", f"Intervals: {report.about['intervals']}.", class_="faint"),
        element("h2", "Known sounds: the scene named first, and among five"),
        _table(("set", "hall", "gain, dB", "by", "first", "among five"), _scenes(report.scenes)),
        *_figure(figures, "loudness"),
        element("h2", "Scene by scene, dry"),
        *_by_scene(report.scenes),
        element("h2", "Unknown sounds, told from known ones"),
        _table(("score", "known", "unknown", "area under the ROC", "recognised at 5 % false alarms"), _rocs(report)),
        *_figure(figures, "unknown"),
        *_certainty(report, figures),
        element("h2", "Two at once, equally loud"),
        *_mixes(report, figures),
        element("h2", "How near, and what hour: the world's takes"),
        _table(("", ""), _world(report)),
    ]
    return document(title, body)


def in_words(share: Share) -> str:
    """Return a share with its interval and counts: `0.81 (0.70-0.89), 52 of 64 from 40`."""
    bounds = f"{share.low:.2f}\N{EN DASH}{share.high:.2f}"
    return f"{share.value:.2f} ({bounds}), {share.right} of {share.of} from {share.recordings}"


def _scenes(scenes: Sequence[SceneShares]) -> Iterator[Sequence[str]]:
    for one in scenes:
        yield one.source, one.hall, f"{one.gain_db:d}", one.way, in_words(one.first), in_words(one.among_five)


def _by_scene(scenes: Sequence[SceneShares]) -> Iterator[Html]:
    """Yield a table for each set and way of naming: a row a scene, a column a gain, dry, and what else was named."""
    dry = [one for one in scenes if one.hall == DRY]
    for source, way in dict.fromkeys((one.source, one.way) for one in dry):
        gains = [one for one in dry if (one.source, one.way) == (source, way)]
        at_first = gains[0]
        rows = [
            [scene, *(_short(one.by_scene[scene]) for one in gains), _others(at_first, scene)]
            for scene in at_first.by_scene
        ]
        head = ("scene", *(f"{one.gain_db:d} dB" for one in gains), f"named instead at {at_first.gain_db:d} dB")
        yield element("p", f"{source}, by {way}")
        yield _table(head, rows)


def _short(share: Share) -> str:
    return f"{share.right} of {share.of}"


def _others(shares: SceneShares, scene: str) -> str:
    others = sorted(shares.confusion[scene].items(), key=lambda one: -one[1])
    return ", ".join(f"{name} {count}" for name, count in others if name != scene)


def _rocs(report: HearingReport) -> Iterator[Sequence[str]]:
    for (score, known, kind), one in report.unknown.rocs.items():
        area = f"{one.area:.2f} ({one.low:.2f}\N{EN DASH}{one.high:.2f})"
        yield score, known, kind, area, in_words(one.at_few)


def _certainty(report: HearingReport, figures: dict[str, Path]) -> Iterator[Html]:
    if report.unknown.reliabilities:
        yield element("h2", "How sure it is, and how often that is right")
        rows = [(name, f"{one.expected_error:.3f}") for name, one in report.unknown.reliabilities.items()]
        yield _table(("sounds", "expected calibration error"), rows)
        yield from _figure(figures, "certainty")


def _mixes(report: HearingReport, figures: dict[str, Path]) -> Iterator[Html]:
    for number, (source, two) in enumerate(report.mixes.items(), start=1):
        rows = [(name, in_words(share)) for name, share in two.shares.items()]
        yield element("p", f"Mixes of {source}")
        yield _table(("", ""), rows)
        yield from _figure(figures, f"mixes-{number}")


def _world(report: HearingReport) -> Iterator[Sequence[str]]:
    for way, rho in report.world["nearness, rank correlation"].items():
        yield f"nearness, rank correlation: {way}", f"{rho:.2f}"
    for name, value in (report.world["hour"] or {}).items():
        yield f"hour, {name}", f"{value:.2f}"


def _table(head: Sequence[str], rows: Iterator[Sequence[str]] | Sequence[Sequence[str]]) -> Html:
    lines = list(rows)
    if not lines:
        return element("p", "Not measured: nothing to measure it on was given.", class_="faint")
    return table(head, lines)


def _figure(figures: dict[str, Path], name: str) -> Iterator[Html]:
    if name in figures:
        yield picture(figures[name], name)
