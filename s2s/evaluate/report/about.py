"""What was left out of a report and why, and what it was made with, on the page. Pure."""

import re
from collections.abc import Iterator, Mapping

from s2s.evaluate.report.model import Report
from s2s.evaluate.report.words import METRICS, in_words, words_of
from s2s.media.page import Html, element, table


def left_out(report: Report) -> Iterator[Html]:
    """Yield what was not measured, grouped by the reason."""
    by_reason: dict[str, list[str]] = {}
    for one in report.skipped:
        by_reason.setdefault(one.why, []).append(_named(one.what))
    terms = ((element("dt", why), element("dd", "; ".join(whats))) for why, whats in by_reason.items())
    yield element("dl", *(part for pair in terms for part in pair), class_="skipped")


def run_with(report: Report) -> Iterator[Html]:
    """Yield what made the report: the model, the data, the machine and the options; and each metric's options."""
    made = {key: value for key, value in report.made.items() if key != "options"}
    options = report.made.get("options")
    for title, about in (("Model", report.model), ("Data", report.data), ("Run", made), ("Options", options)):
        if isinstance(about, Mapping) and about:
            yield table(("", ""), ((key.replace("_", " "), in_words(value)) for key, value in about.items()), title)
    if rows := list(_metric_options(report)):
        yield table(("metric", "measured with"), rows, "Options of the metrics")


def _named(what: str) -> str:
    """Return what was skipped in words: metrics under the names that readers know."""
    return re.sub(r"\w+", lambda found: METRICS[found[0]].label if found[0] in METRICS else found[0], what)


def _metric_options(report: Report) -> Iterator[tuple[str, str]]:
    """Yield a metric and its options, once for all that it was measured of alike."""
    for name, options in dict.fromkeys((one.name, in_words(one.options)) for one in report.metrics if one.options):
        yield words_of(name).label, options
