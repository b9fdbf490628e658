"""A soak as one page: what failed, figures with their slopes, plots, faults. A file that needs nothing else. Pure."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from installation.soak.judgement import Judged, Recovery, Verdict
from installation.soak.plan import FAULTS
from installation.soak.plots import plot
from installation.soak.record import Record
from installation.soak.series import Series

_STYLE: Final = """
:root{color-scheme:light dark;--ink:#1b1d21;--soft:#5a6069;--paper:#fcfcfb;--rule:#d9dbdf;--bad:#a8201a;--good:#1d6b3a;
--open:#7a5200;--c0:#2458b3;--c1:#b04a00;--c2:#1d6b3a;--c3:#7b2d8b}
@media (prefers-color-scheme:dark){:root{--ink:#e8e9eb;--soft:#a3a9b3;--paper:#15171a;--rule:#363a41;--bad:#ff8a80;
--good:#7fd49b;--open:#f0c36a;--c0:#86b1ff;--c1:#ffab70;--c2:#7fd49b;--c3:#dd9bea}}
body{margin:0 auto;max-width:60rem;padding:1.5rem 1rem 4rem;font:16px/1.5 system-ui,sans-serif;color:var(--ink);
background:var(--paper)}
h1{font-size:1.6rem;margin:0}h2{font-size:1.15rem;margin:2.2rem 0 .4rem}h3{font-size:1rem;margin:1.2rem 0 .2rem}
p,li{max-width:46rem}.soft,.tick{color:var(--soft);fill:var(--soft)}.bad{color:var(--bad)}.good{color:var(--good)}
.open{color:var(--open)}table{border-collapse:collapse;width:100%;font-size:.9rem}
.wide{overflow-x:auto}td,th{text-align:left;padding:.25rem .6rem .25rem 0;border-bottom:1px solid var(--rule);
vertical-align:top}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
svg{width:100%;height:auto;display:block}.grid{stroke:var(--rule)}.tick{font-size:11px}
.fault{stroke:var(--bad);stroke-opacity:.8;stroke-dasharray:2 3}.line{fill:none;stroke-width:1.5}
.c0{stroke:var(--c0)}.c1{stroke:var(--c1)}.c2{stroke:var(--c2)}.c3{stroke:var(--c3)}
.key{display:inline-block;width:1.1em;height:.2em;vertical-align:.3em;margin:0 .35em 0 .8em}
.k0{background:var(--c0)}.k1{background:var(--c1)}.k2{background:var(--c2)}.k3{background:var(--c3)}
pre{overflow-x:auto;font-size:.8rem}
"""
_CLASS: Final = {Verdict.FAILS: "bad", Verdict.HOLDS: "good", Verdict.OPEN: "open", Verdict.TOLD: "soft"}
_WORDS: Final = {
    Verdict.FAILS: "fails",
    Verdict.HOLDS: "holds",
    Verdict.OPEN: "not yet known",
    Verdict.TOLD: "told, not judged",
}


def page(record: Record) -> str:
    """Return the page as HTML."""
    judged = record.judged()
    wrong = record.failures(judged)
    return "".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>Soak of {_hours(record.duration_s)}</title><style>{_STYLE}</style></head><body><main>",
            *_head(record, wrong),
            "<h2>Figures</h2>",
            *_figures(judged),
            "<h2>Over time</h2><p class=soft>Dashed: a fault. A line that ends and begins anew: the process did.</p>",
            *_plots(record),
            "<h2>Faults</h2>",
            *_recoveries(record.recoveries()),
            "<h2>What was not well, and when</h2>",
            *_reasons(record),
            f"<h2>Last lines of the log</h2><pre>{escape(chr(10).join(record.log_tail))}</pre>",
            "</main></body></html>\n",
        ]
    )


def _head(record: Record, wrong: Sequence[str]) -> list[str]:
    count = sum(deed.kind in FAULTS for _, deed in record.deeds)
    facts = "; ".join(f"{name.replace('_', ' ')}: {value}" for name, value in record.facts.items())
    verdict = "<p class=good><strong>Nothing failed.</strong></p>" if not wrong else ""
    failed = [f"<li class=bad>{escape(line)}</li>" for line in wrong]
    return [
        f"<h1>Soak of {_hours(record.duration_s)}</h1>",
        f"<p class=soft>{escape(facts)}</p>",
        verdict,
        f"<ul>{''.join(failed)}</ul>" if failed else "",
        f"<p>{len(record.deeds)} deeds, {count} of them faults; {record.stood_still} pictures stood for more than 2 s; "
        f"{record.unanswered} requests were not answered within 5 s; exit code {record.exit_code}.</p>",
    ]


def _figures(judged: Iterable[Judged]) -> list[str]:
    rows = [
        "<div class=wide><table><tr><th>Figure<th class=n>mean<th class=n>slope an hour<th class=n>95 % between"
        "<th class=n>limit<th></tr>"
    ]
    for one in judged:
        found = one.trend
        numbers = (
            ["–"] * 3
            if found is None
            else [
                f"{found.mean:.4g} {one.unit}",
                f"{found.slope:+.3g}",
                f"{found.low:+.3g} … {found.high:+.3g}",
            ]
        )
        cells = "".join(f"<td class=n>{escape(text)}" for text in numbers)
        limit = "" if one.limit is None else f"{one.limit:+.3g}"
        verdict = f'<td class="{_CLASS[one.verdict]}">{_WORDS[one.verdict]}'
        rows.append(f"<tr><td>{escape(one.name)}{cells}<td class=n>{limit}{verdict}</tr>")
    return [*rows, "</table></div>"]


def _plots(record: Record) -> list[str]:
    faults = [(at_s, deed.words) for at_s, deed in record.deeds if deed.kind in FAULTS]
    parts = []
    for title, lines in _together(record.series.values()):
        keys = "".join(
            f'<span class="key k{number % 4}"></span>{escape(series.name.partition(": ")[0])}'
            for number, series in enumerate(lines)
        )
        named = f"<span class=soft>{keys}</span>" if len(lines) > 1 else ""
        parts.append(f"<h3>{escape(title)}, {escape(lines[0].unit)} {named}</h3>")
        parts.append(plot(lines, record.duration_s, faults))
    return parts


def _together(series: Iterable[Series]) -> list[tuple[str, list[Series]]]:
    """Return the series by plot: threads and handles of all processes in one, memory in one each."""
    plots: dict[str, list[Series]] = {}
    for one in series:
        _process, colon, what = one.name.partition(": ")
        alone = not colon or "memory" in what
        title = one.name if alone else what
        plots.setdefault(title, []).append(one)
    return list(plots.items())


def _recoveries(found: Sequence[Recovery]) -> list[str]:
    if not found:
        return ["<p>There was none.</p>"]
    rows = ["<table><tr><th class=n>at<th>fault<th class=n>well again</tr>"]
    for one in found:
        took = "<td class='n bad'>not" if one.took_s is None else f"<td class=n>{one.took_s:.1f} s"
        rows.append(f"<tr><td class=n>{one.at_s / 60:.1f} min<td>{escape(one.fault)}{took}</tr>")
    return [*rows, "</table>"]


def _reasons(record: Record) -> list[str]:
    rows = [
        f"<tr><td class=n>{at_s / 60:.1f} min<td class={'good' if words == 'well' else 'bad'}>{escape(words)}</tr>"
        for at_s, words in record.reasons
    ]
    return ["<table>", *rows, "</table>"]


def _hours(duration_s: float) -> str:
    minutes = round(duration_s / 60)
    return f"{minutes // 60} h {minutes % 60:02d} min" if minutes >= 60 else f"{minutes} min"
