"""Before and after as one HTML file: the verdict in words, then a row a held-out clip. Pure; nothing is fetched.

It is read at the venue, on a phone, so rows fold at its width, and pictures are in the file.
"""

import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from s2s.evaluate.comparison import GeneratorScores, RetrievalScores, Verdict
from s2s.media.page import Html, data_url, document, element, table, text
from s2s.retrain.venue import TEST_SHARE

_QUALITY: Final = 88
_SIDE_PX: Final = 128
_MEANINGS: Final = {
    "recall at 1": "sounds whose own frame lies nearest of all held-out frames",
    "mean place": "of the own frame among them: 0 the first, 1 the last, 0.5 by chance",
    "mean cosine": "of the sound with its own frame",
    "L_total": "the paper's loss over the held-out clips; lower is better",
    "class agreement": "sounds that land nearest to the pictures of their own class, all together",
    "class of the nearest picture": "sounds whose nearest picture, of other recordings, is of their own class",
}
_STYLE: Final = """
body { max-width: 60rem }
h1 { font-size: 1.15rem; font-weight: 600; margin: 0 0 .25rem } h2 { font-size: 1rem }
.verdict { font-size: 1.9rem; line-height: 1.2; font-weight: 650; margin: .5rem 0; color: var(--open) }
.verdict.better { color: var(--better) } .verdict.worse { color: var(--worse) }
p { margin: .4rem 0; max-width: 46rem }
table { width: 100% } th, td { padding: .35rem .75rem .35rem 0 } td { white-space: nowrap }
.clip { display: grid; grid-template-columns: repeat(3, auto) 1fr; gap: .75rem 1.25rem; padding: .9rem 0;
  border-top: 1px solid var(--line) }
figure { margin: 0 } figcaption { font-size: .8rem; color: var(--faint); margin-bottom: .2rem }
figure div { display: flex; gap: 4px } img { display: block; width: 112px; height: 112px; border-radius: 3px }
.told { font-size: .9rem; min-width: 0; overflow-wrap: anywhere } .told b { font-weight: 600 }
@media (max-width: 48rem) { .clip { grid-template-columns: 1fr 2fr 2fr; gap: .5rem }
  .told { grid-column: 1 / -1; grid-row: 1 } img { width: 100%; height: auto; aspect-ratio: 1 }
  figure div { display: grid; grid-auto-flow: column; grid-auto-columns: 1fr } body { padding: .9rem } }
"""


@dataclass(frozen=True, slots=True, eq=False)
class ClipRow:
    """One held-out clip: its number among them, its own frame, and pictures [k, px, px, 3] of its sound."""

    number: int
    name: str
    frame: NDArray[np.uint8]
    before: NDArray[np.uint8]
    after: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """All that the page tells. `generators` are the old one's numbers and the new one's, where one was trained; `kept`
    which share of the world's scenes are still heard where they were, before and after, and `painted` which are still
    painted as they were, for models that name things.
    """

    old_name: str
    new_name: str
    old: RetrievalScores
    new: RetrievalScores
    verdict: Verdict
    amount: str
    consent: str
    generators: tuple[GeneratorScores, GeneratorScores] | None = None
    kept: tuple[float, float] | None = None
    painted: tuple[float, float] | None = None


def in_words(verdict: Verdict) -> str:
    """Return the verdict as a sentence."""
    return {
        "better": "The new model is better.",
        "worse": "The new model is worse.",
        "no clear difference": "No clear difference between the new model and the old one.",
    }[verdict.word]


def advice(verdict: Verdict) -> str:
    """Return what would settle it, in numbers; empty where it is settled."""
    if verdict.word != "no clear difference":
        return ""
    if verdict.low > 0:
        return "Own frames come nearer, but not nearer than others do, or not all of that is better: it does not count."
    if verdict.needed is None:
        return "Cannot tell yet, and more recordings would hardly tell: the two are too much alike, or too few."
    more = math.ceil((verdict.needed - verdict.recordings) / TEST_SHARE)
    return (
        f"Cannot tell yet: bring about {more} more recordings. {verdict.recordings} were compared with, and a "
        f"difference of this size shows on about {verdict.needed}; a quarter of what is brought is held out."
    )


def world_kept(heard: tuple[float, float], painted: tuple[float, float] | None) -> str:
    """Return what the new model still knows of the world, `heard` and `painted` before and after, in sentences."""
    said = (
        f"Of the world's own sounds, made anew and not rehearsed, {heard[0]:.0%} are heard where the old model has "
        f"their scene, by the old one, and {heard[1]:.0%} by the new one."
    )
    if painted is None:
        return said
    return (
        f"{said} {painted[0]:.0%} are painted as that scene by the old one, and {painted[1]:.0%} by the new one. Names "
        "of what sounds are the old model's either way."
    )


def before_after(findings: Findings, rows: Sequence[ClipRow]) -> Html:
    """Return the page."""
    clips = len(findings.old.place)
    shown = f"All {clips} held-out clips" if len(rows) == clips else f"{len(rows)} of {clips} held-out clips"
    body = [
        element("h1", f"{findings.old_name} → {findings.new_name}"),
        element("p", in_words(findings.verdict), class_=f"verdict {findings.verdict.word.split()[0]}"),
        element("p", _explained(findings.verdict, clips)),
        *([element("p", said)] if (said := advice(findings.verdict)) else []),
        element("p", f"{findings.amount} {findings.consent}"),
        *_numbers(findings),
        *([element("p", world_kept(findings.kept, findings.painted))] if findings.kept else []),
        *([_generators(*findings.generators)] if findings.generators else []),
        element("h2", shown),
        element(
            "p",
            "Neither model was trained on them. Their frames were chosen by the old model, which favours it. Both "
            "columns were painted with the same noise. Keep this page as you keep the recordings: it shows them.",
            class_="faint",
        ),
        *(_clip(row, findings) for row in rows),
    ]
    return document(f"{findings.new_name}: before and after", body, _STYLE)


def _explained(verdict: Verdict, clips: int) -> str:
    if math.isinf(verdict.low):
        return f"Score {verdict.gain:+.3f} over {clips} clips of one recording: too few to say how sure that is."
    meaning = (
        "It is how many more sounds than before find a picture of their own class nearest"
        if verdict.by_class
        else "It is half the change of the place of a sound's own frame and half that of their cosine"
    )
    return (
        f"Score {verdict.gain:+.3f} over {clips} clips of {verdict.recordings} recordings; with 95 % confidence it "
        f"lies between {verdict.low:+.3f} and {verdict.high:+.3f}, where recordings are drawn whole, since their clips "
        f"overlap. {meaning}; above 0 the new model is better."
    )


def _numbers(findings: Findings) -> Iterator[Html]:
    old, new = findings.old.summary(), findings.new.summary()
    rows = [
        (text(name, element("div", _MEANINGS[name], class_="faint")), f"{old[name]:.3f}", f"{new[name]:.3f}")
        for name in old
    ]
    yield table(("on held-out clips", "old", "new"), rows)
    chance = f"{1 / len(findings.old.place):.3f} and L_total {_chance_loss(findings):.3f}"
    yield element("p", f"By chance, recall at 1 would be {chance}.", class_="faint")


def _chance_loss(findings: Findings) -> float:
    return math.log(len(findings.old.place))


def _generators(old: GeneratorScores, new: GeneratorScores) -> Html:
    kept = "and is taken" if new.is_better_than(old) else "and is left out: it must be better in both"
    return element(
        "p",
        f"The generator was fine-tuned {kept}. Held-out frames painted from their own features: Fréchet distance "
        f"{old.frechet:.4f} before, {new.frechet:.4f} after (lower is better); cosine {old.cosine:.3f} before, "
        f"{new.cosine:.3f} after.",
    )


def _clip(row: ClipRow, findings: Findings) -> Html:
    at, last = row.number, len(findings.old.place)
    old, new = (f"{1 + scores.place[at] * (last - 1):.3g}" for scores in (findings.old, findings.new))
    cosines = (f"{scores.cosine[at]:.3f}" for scores in (findings.old, findings.new))
    told = [
        text(element("b", row.name), element("br")),
        text(f"own frame: place {old} → ", element("b", new), f" of {last}", element("br")),
        text(f"cosine {next(cosines)} → ", element("b", next(cosines))),
    ]
    figures = [_figure("its frame", [row.frame]), _figure("old, from its sound", row.before)]
    figures.append(_figure("new, from its sound", row.after))
    return element("div", *figures, element("div", *told, class_="told"), class_="clip")


def _figure(caption: str, pictures: Sequence[NDArray[np.uint8]] | NDArray[np.uint8]) -> Html:
    images = (element("img", src=_jpeg_url(picture), alt="") for picture in pictures)
    return element("figure", element("figcaption", caption), element("div", *images))


def _jpeg_url(picture: NDArray[np.uint8]) -> str:
    image = Image.fromarray(picture)
    if image.width > _SIDE_PX:
        height_px = max(1, round(image.height * _SIDE_PX / image.width))
        image = image.resize((_SIDE_PX, height_px), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=_QUALITY)
    return data_url(file.getvalue(), "image/jpeg")
