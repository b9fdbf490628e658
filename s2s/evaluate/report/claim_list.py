"""What the paper says its model does, and whether this one does: question, number, chance, answer. Pure."""

from collections.abc import Iterator
from typing import Final

from s2s.evaluate.report.cells import cell, change, strip
from s2s.evaluate.report.compare import Beside, Change
from s2s.evaluate.report.model import Claim, Report
from s2s.evaluate.report.numbers import Scale
from s2s.media.page import Html, element

_ANSWERS: Final = {True: ("holds", "better"), False: ("does not hold", "worse"), None: ("cannot be told", "open")}


def claim_list(report: Report, beside: Beside | None) -> Iterator[Html]:
    """Yield a card for each claim."""
    for claim in report.claims:
        other = None if beside is None else beside.claim(claim)
        yield _card(claim, other)


def _card(claim: Claim, other: Claim | None) -> Html:
    word, class_ = _ANSWERS[claim.holds]
    numbers = [claim.value.value] + ([] if claim.chance is None else [claim.chance])
    scale = Scale.of("", numbers)
    chance = "" if claim.chance is None else element("span", f"chance {scale.write(claim.chance)}", class_="published")
    body = [
        element("h3", claim.claim, " ", element("span", word, class_=f"answer {class_}")),
        element("p", claim.asked),
        strip(claim.value, scale, claim.chance),
        element("p", cell(claim.value, scale), chance),
    ]
    count = "" if claim.value.count is None else f"of {claim.value.count} clips"
    if remarks := "; ".join(part for part in (count, claim.note) if part):
        body.append(element("p", remarks, class_="note"))
    body += [] if other is None else [_beside(claim, other, scale)]
    return element("section", *body, class_="claim", id=f"claim-{claim.name}")


def _beside(claim: Claim, other: Claim, scale: Scale) -> Html:
    answer = _ANSWERS[other.holds][0]
    said = "the same answer there" if other.holds is claim.holds else f"answer there: {answer}"
    return element("div", change(Change(claim.value, other.value), scale), element("span", said), class_="beside")
