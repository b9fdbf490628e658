"""A hearing report as one HTML file: tables and figures, all in the file. Pure but for reading the figures."""

import base64
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Final

from s2s.evaluate.hearing.intervals import Share
from s2s.evaluate.hearing.report import HearingReport
from s2s.evaluate.hearing.scenes import DRY, SceneShares

_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1c1c1e; --faint: #6b6b70; --paper: #fbfbf9; --line: #deded8 }
@media (prefers-color-scheme: dark) { :root { --ink: #ececea; --faint: #a0a0a0; --paper: #161618; --line: #34343a } }
body { margin: 0 auto; max-width: 72rem; padding: 1.25rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink);
  background: var(--paper) }
h1 { font-size: 1.3rem } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem }
.faint { color: var(--faint); font-size: .9rem }
div.wide { overflow-x: auto } table { border-collapse: collapse }
th, td { text-align: left; padding: .3rem 1rem .3rem 0; border-top: 1px solid var(--line); vertical-align: top;
  font-variant-numeric: tabular-nums }
img { max-width: 100%; height: auto }
"""


def hearing_page(report: HearingReport, pictures: Sequence[Path]) -> str:
    """Return the page; `pictures` are PNG files, shown under the names of their files."""
    bundle = report.about["bundle"]
    title = escape(f"How {bundle['name']} {bundle['version']} hears")
    figures = {path.stem: path for path in pictures}
    body = [
        f"<h1>{title}</h1>",
        f'<p class="faint">Intervals: {escape(report.about["intervals"])}.</p>',
        "<h2>Known sounds: the scene named first, and among five</h2>",
        _table(("set", "hall", "gain, dB", "by", "first", "among five"), _scenes(report.scenes)),
        _figure(figures, "loudness"),
        "<h2>Scene by scene, dry</h2>",
        *_by_scene(report.scenes),
        "<h2>Unknown sounds, told from known ones</h2>",
        _table(("score", "known", "unknown", "area under the ROC", "recognised at 5 % false alarms"), _rocs(report)),
        _figure(figures, "unknown"),
        *_certainty(report, figures),
        "<h2>Two at once, equally loud</h2>",
        *(_mixes(report, figures)),
        "<h2>How near, and what hour: the world's takes</h2>",
        _table(("", ""), _world(report)),
    ]
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>{title}</title>
<style>{_STYLE}</style>
<body>
{chr(10).join(body)}
</body>
</html>
"""


def in_words(share: Share) -> str:
    """Return a share with its interval and counts: `0.81 (0.70-0.89), 52 of 64 from 40`."""
    bounds = f"{share.low:.2f}\N{EN DASH}{share.high:.2f}"
    return f"{share.value:.2f} ({bounds}), {share.right} of {share.of} from {share.recordings}"


def _scenes(scenes: Sequence[SceneShares]) -> Iterator[Sequence[str]]:
    for one in scenes:
        yield one.source, one.hall, f"{one.gain_db:d}", one.way, in_words(one.first), in_words(one.among_five)


def _by_scene(scenes: Sequence[SceneShares]) -> Iterator[str]:
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
        yield f"<p>{escape(source)}, by {escape(way)}</p>{_table(head, rows)}"


def _short(share: Share) -> str:
    return f"{share.right} of {share.of}"


def _others(shares: SceneShares, scene: str) -> str:
    others = sorted(shares.confusion[scene].items(), key=lambda one: -one[1])
    return ", ".join(f"{name} {count}" for name, count in others if name != scene)


def _rocs(report: HearingReport) -> Iterator[Sequence[str]]:
    for (score, known, kind), one in report.unknown.rocs.items():
        area = f"{one.area:.2f} ({one.low:.2f}\N{EN DASH}{one.high:.2f})"
        yield score, known, kind, area, in_words(one.at_few)


def _certainty(report: HearingReport, figures: dict[str, Path]) -> Iterator[str]:
    if report.unknown.reliabilities:
        yield "<h2>How sure it is, and how often that is right</h2>"
        rows = [(name, f"{one.expected_error:.3f}") for name, one in report.unknown.reliabilities.items()]
        yield _table(("sounds", "expected calibration error"), rows)
        yield _figure(figures, "certainty")


def _mixes(report: HearingReport, figures: dict[str, Path]) -> Iterator[str]:
    for number, (source, two) in enumerate(report.mixes.items(), start=1):
        rows = [(name, in_words(share)) for name, share in two.shares.items()]
        yield f"<p>Mixes of {escape(source)}</p>{_table(('', ''), rows)}{_figure(figures, f'mixes-{number}')}"


def _world(report: HearingReport) -> Iterator[Sequence[str]]:
    for way, rho in report.world["nearness, rank correlation"].items():
        yield f"nearness, rank correlation: {way}", f"{rho:.2f}"
    for name, value in (report.world["hour"] or {}).items():
        yield f"hour, {name}", f"{value:.2f}"


def _table(head: Sequence[str], rows: Iterator[Sequence[str]] | Sequence[Sequence[str]]) -> str:
    lines = ["".join(f"<td>{escape(cell)}" for cell in row) for row in rows]
    if not lines:
        return '<p class="faint">Not measured: nothing to measure it on was given.</p>'
    top = "".join(f"<th>{escape(cell)}" for cell in head)
    return f'<div class="wide"><table><tr>{top}{"".join(f"<tr>{line}" for line in lines)}</table></div>'


def _figure(figures: dict[str, Path], name: str) -> str:
    if name not in figures:
        return ""
    return f'<img alt="{name}" src="data:image/png;base64,{base64.b64encode(figures[name].read_bytes()).decode()}">'
