"""What two reports side by side come to: what was not the same, what parts, how that is decided. Pure."""

from collections.abc import Iterator, Sequence
from typing import Final

from s2s.evaluate.report.compare import DECIDED, Beside, changes, only_there, other_conditions
from s2s.evaluate.report.model import Report
from s2s.evaluate.report.words import model_of
from s2s.media.page import Html, element

_MOST: Final = 6


def comparison(report: Report, beside: Beside) -> Iterator[Html]:
    """Yield the comparison in words; the numbers themselves stand beside ours wherever both reports have them."""
    there = beside.report
    yield element("p", f"There: {beside.name}, {model_of(there)} on {there.data.get('name', 'data without a name')}.")
    if there.model == report.model:
        yield element("p", "Both reports are about the same model.")
    if differing := other_conditions(report, there):
        yield element(
            "div",
            element("strong", "Not measured alike."),
            " What differs below may come from this, and not from the model:",
            element("ul", *(element("li", one) for one in differing)),
            class_="warning",
        )
    else:
        yield element("p", "Both were measured on data of the same name and counts, with the same seed and options.")
    yield from _in_short(report, beside)
    if missing := only_there(report, there):
        yield element("p", f"Only in the other report: {_some(missing)}.", class_="note")
    yield element("p", DECIDED, class_="note")


def _in_short(report: Report, beside: Beside) -> Iterator[Html]:
    pairs = list(changes(report, beside))
    parting = [name for name, pair in pairs if pair.parts]
    bounded = [pair for _, pair in pairs if pair.parts is not None]
    said = f"{len(pairs)} numbers stand in both reports; {len(bounded)} of them have intervals in both"
    yield element("p", f"{said}, of which {len(parting)} are apart{f': {_some(parting)}' if parting else ''}.")
    answers = [f"{claim.claim}" for claim in report.claims if (o := beside.claim(claim)) and o.holds is not claim.holds]
    if answers:
        yield element("p", f"Claims with another answer: {_some(answers)}.")


def _some(names: Sequence[str]) -> str:
    more = f"; and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return "; ".join(names[:_MOST]) + more
