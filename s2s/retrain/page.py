"""Before and after as one HTML file: the verdict in words, then a row a held-out clip. Pure; nothing is fetched.

It is read at the venue, on a phone, so rows fold at its width, and pictures are in the file.
"""

import base64
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from s2s.evaluate.comparison import GeneratorScores, RetrievalScores, Verdict

_QUALITY: Final = 88
_SIDE_PX: Final = 128
_MEANINGS: Final = {
    "recall at 1": "sounds whose own frame lies nearest of all held-out frames",
    "mean place": "of the own frame among them: 0 the first, 1 the last, 0.5 by chance",
    "mean cosine": "of the sound with its own frame",
    "L_total": "the paper's loss over the held-out clips; lower is better",
    "class agreement": "sounds that land nearest to the pictures of their own class; for information only",
}
_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1c1c1e; --faint: #6b6b70; --paper: #fbfbf9; --line: #deded8;
  --better: #17683a; --worse: #a02c20; --open: #7a5a00 }
@media (prefers-color-scheme: dark) { :root { --ink: #ececea; --faint: #a0a0a0; --paper: #161618; --line: #34343a;
  --better: #63c98d; --worse: #f08a7d; --open: #e0bb4e } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 60rem; padding: 1.25rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink);
  background: var(--paper) }
h1 { font-size: 1.15rem; font-weight: 600; margin: 0 0 .25rem }
h2 { font-size: 1rem; margin: 2rem 0 .5rem }
.verdict { font-size: 1.9rem; line-height: 1.2; font-weight: 650; margin: .5rem 0; color: var(--open) }
.verdict.better { color: var(--better) } .verdict.worse { color: var(--worse) }
p { margin: .4rem 0; max-width: 46rem } .faint { color: var(--faint); font-size: .9rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .35rem .75rem .35rem 0; border-top: 1px solid var(--line); vertical-align: top }
td.number { font-variant-numeric: tabular-nums; white-space: nowrap }
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
    """All that the page tells. `generators` are the old one's numbers and the new one's, where one was trained."""

    old_name: str
    new_name: str
    old: RetrievalScores
    new: RetrievalScores
    verdict: Verdict
    amount: str
    consent: str
    generators: tuple[GeneratorScores, GeneratorScores] | None = None


def in_words(verdict: Verdict) -> str:
    """Return the verdict as a sentence."""
    return {
        "better": "The new model is better.",
        "worse": "The new model is worse.",
        "no clear difference": "No clear difference between the new model and the old one.",
    }[verdict.word]


def before_after(findings: Findings, rows: Sequence[ClipRow]) -> str:
    """Return the page."""
    clips = len(findings.old.place)
    shown = f"All {clips} held-out clips" if len(rows) == clips else f"{len(rows)} of {clips} held-out clips"
    body = [
        f"<h1>{escape(findings.old_name)} → {escape(findings.new_name)}</h1>",
        f'<p class="verdict {findings.verdict.word.split()[0]}">{in_words(findings.verdict)}</p>',
        f"<p>{_explained(findings.verdict, clips)}</p>",
        f"<p>{escape(findings.amount)} {escape(findings.consent)}</p>",
        _table(findings),
        *([_generators(*findings.generators)] if findings.generators else []),
        f"<h2>{shown}</h2>",
        '<p class="faint">Neither model was trained on them. Their frames were chosen by the old model, which favours '
        "it. Both columns were painted with the same noise. Keep this page as you keep the recordings: it shows them."
        "</p>",
        *(_clip(row, findings) for row in rows),
    ]
    title = escape(f"{findings.new_name}: before and after")
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


def _explained(verdict: Verdict, clips: int) -> str:
    if math.isinf(verdict.low):
        return f"Score {verdict.gain:+.3f} over {clips} clips of one recording: too few to say how sure that is."
    return (
        f"Score {verdict.gain:+.3f} over {clips} clips; with 95 % confidence it lies between {verdict.low:+.3f} and "
        f"{verdict.high:+.3f}. It is half the change of the place of a sound's own frame and half that of "
        "their cosine; above 0 the new model is better."
    )


def _table(findings: Findings) -> str:
    old, new = findings.old.summary(), findings.new.summary()
    rows = [
        f'<tr><td>{escape(name)}<div class="faint">{_MEANINGS[name]}</div>'
        f'<td class="number">{old[name]:.3f}<td class="number">{new[name]:.3f}'
        for name in old
    ]
    chance = (
        f"by chance, recall at 1 would be {1 / len(findings.old.place):.3f} and L_total {_chance_loss(findings):.3f}"
    )
    head = "<tr><th>on held-out clips<th>old<th>new"
    return f'<table>{head}{"".join(rows)}</table><p class="faint">{chance[0].upper()}{chance[1:]}.</p>'


def _chance_loss(findings: Findings) -> float:
    return math.log(len(findings.old.place))


def _generators(old: GeneratorScores, new: GeneratorScores) -> str:
    kept = "and is taken" if new.is_better_than(old) else "and is left out: it must be better in both"
    return (
        f"<p>The generator was fine-tuned {kept}. Held-out frames painted from their own features: Fréchet distance "
        f"{old.frechet:.4f} before, {new.frechet:.4f} after (lower is better); cosine {old.cosine:.3f} before, "
        f"{new.cosine:.3f} after.</p>"
    )


def _clip(row: ClipRow, findings: Findings) -> str:
    at, last = row.number, len(findings.old.place)
    places = [1 + scores.place[at] * (last - 1) for scores in (findings.old, findings.new)]
    places_and_cosines = (
        f'<div class="told"><b>{escape(row.name)}</b><br>'
        f"own frame: place {places[0]:.3g} → <b>{places[1]:.3g}</b> of {last}<br>"
        f"cosine {findings.old.cosine[at]:.3f} → <b>{findings.new.cosine[at]:.3f}</b></div>"
    )
    return (
        f'<div class="clip">{_figure("its frame", [row.frame])}{_figure("old, from its sound", row.before)}'
        f"{_figure('new, from its sound', row.after)}{places_and_cosines}</div>"
    )


def _figure(caption: str, pictures: Sequence[NDArray[np.uint8]] | NDArray[np.uint8]) -> str:
    images = "".join(f'<img src="{_data_url(picture)}" alt="">' for picture in pictures)
    return f"<figure><figcaption>{caption}</figcaption><div>{images}</div></figure>"


def _data_url(picture: NDArray[np.uint8]) -> str:
    image = Image.fromarray(picture)
    if image.width > _SIDE_PX:
        height_px = max(1, round(image.height * _SIDE_PX / image.width))
        image = image.resize((_SIDE_PX, height_px), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=_QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode()
