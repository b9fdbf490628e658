"""The new bundle: the old one's files with what was learnt in their place, a card that says how it came about."""

import shlex
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from s2s.card import AUDIO_ENCODER, SOURCE_HEADS, ModelCard, read_card, write_card
from s2s.evaluate.comparison import RetrievalScores, Verdict
from s2s.media.montage import contact_sheet, save_png
from s2s.retrain.dataset import VenueDataset
from s2s.retrain.layout import Layout
from s2s.retrain.memory import take_memory
from s2s.retrain.painters import Painter, take_painter
from s2s.retrain.promote import copy_bundle

NO_CONSENT: Final = "No consent note was given."
_THUMBNAILS: Final = 16
_VENUE: Final = ".venue-"
_NAMES: Final = (
    "It names what sounds as the model before did, since all but its last layers are that one's; "
    "what it sees of it follows the venue, and it is sure of what sounds like that evening. "
)


@dataclass(frozen=True, slots=True)
class Story:
    """What the card tells besides numbers: when, from which folder, by which command, with whose consent."""

    day: date
    folder: str
    command: str
    consent: str | None = None

    @property
    def consent_in_words(self) -> str:
        """Return the consent note as the provenance has it."""
        return NO_CONSENT if self.consent is None else f"Consent note: {self.consent.rstrip('.')}."


@dataclass(frozen=True, slots=True)
class Learnt:
    """What goes into the bundle: f_A `share` of the way from old to new weights, how much of the `whole` sound is in
    what is painted (`None`: as before), how many sounds `of_place` the heads know, and the new generator, or the old
    where there is no `painter`.
    """

    share: float
    whole: float | None = None
    of_place: int = 0
    painter: Painter | None = None


def assemble(layout: Layout, start: Path, dataset: VenueDataset, story: Story, learnt: Learnt) -> None:
    """Write OUT/candidate from the bundle in `start` and what was trained; what was there is replaced whole."""
    old = read_card(start)
    part = layout.out / ".candidate.new"
    copy_bundle(start, part)
    (part / "thumbnail.png").unlink(missing_ok=True)
    shutil.copyfile(layout.mixed, part / AUDIO_ENCODER)
    if old.source_heads is not None:
        shutil.copyfile(layout.mixed_heads, part / SOURCE_HEADS)
    if learnt.painter is not None:
        take_painter(part, learnt.painter)
    write_card(part, _card(_painting(old, learnt), dataset, story, learnt))
    if count := take_memory(part, layout.place):
        card = read_card(part)
        write_card(part, card.model_copy(update={"data": f"{card.data} {_remembered(count)}"}))
    shutil.rmtree(layout.candidate, ignore_errors=True)
    part.rename(layout.candidate)


def next_version(version: str) -> str:
    """Return `1.venue-1` for `1`, `1.venue-2` for that."""
    base, _, number = version.partition(_VENUE)
    return f"{base}{_VENUE}{int(number) + 1 if number.isdigit() else 1}"


def measured(
    card: ModelCard, old: RetrievalScores, new: RetrievalScores, verdict: Verdict, recordings: int
) -> ModelCard:
    """Return the card with what was found; the old model's own numbers are about other weights, and stay behind."""
    metrics: dict[str, float | str] = {
        "held-out clips": float(len(old.place)),
        "held-out recordings": float(recordings),
        "verdict against the model it is to replace": verdict.word,
        "score against the model it is to replace": round(verdict.gain, 4),
        "score, 95 % interval": f"{verdict.low:.4f} to {verdict.high:.4f}",
        "recall at 1 by chance": round(1 / len(old.place), 4),
    }
    for when, scores in (("before", old), ("after", new)):
        metrics |= {f"{name}, {when}": value for name, value in scores.summary().items()}
    return card.model_copy(update={"metrics": metrics})


def save_thumbnail(path: Path, pictures: NDArray[np.uint8]) -> None:
    """Save pictures [n, px, px, 3] that were painted from held-out sounds as a sheet of at most sixteen."""
    save_png(path, contact_sheet(pictures[:_THUMBNAILS], columns=4))


def _card(old: ModelCard, dataset: VenueDataset, story: Story, learnt: Learnt) -> ModelCard:
    pairs = dataset.pairs
    parts = "the audio encoder alone" if learnt.painter is None else "the audio encoder and the generator"
    amount = f"{dataset.num_recordings} recordings, {dataset.hours:.2f} hours, of {story.folder}"
    provenance = (
        f"Retrained on {story.day.isoformat()} from {old.name} {old.version}: {parts}, on {amount}. "
        f"The audio encoder lies {learnt.share:.0%} of the way from the old weights to the new ones. "
        f"{_NAMES if old.source_heads else ''}{story.consent_in_words} Command: `{story.command}`. "
        f"What it came from: {old.provenance}"
    )
    data = (
        f"A venue's own recordings: {amount}; {len(pairs.train)} clips to learn from, "
        f"{len(pairs.held_out)} to stop by, {len(pairs.test)} held out, which give the "
        f"numbers below. {_of_sound(old, learnt)}"
        f"{_painted_again(learnt.painter)}Before that: {old.data}"
    )
    summary = {"version": next_version(old.version), "provenance": provenance, "data": data, "metrics": {}}
    painting = {} if learnt.painter is None else {"generator": learnt.painter.sizes}
    return old.model_copy(update=summary | painting)


def _painting(card: ModelCard, learnt: Learnt) -> ModelCard:
    """Return the card of a model whose heads learnt so."""
    if card.source_heads is None or learnt.whole is None:
        return card
    update = {"whole": learnt.whole, "of_place": learnt.of_place}
    return card.model_copy(update={"source_heads": card.source_heads.model_copy(update=update)})


def _of_sound(old: ModelCard, learnt: Learnt) -> str:
    if old.source_heads is None or not learnt.of_place:
        return "Nothing of their sound is in this bundle. "
    return f"Of the sound of each clip {old.source_heads.hidden} numbers are kept, by which it is known again. "


def _painted_again(painter: Painter | None) -> str:
    if painter is None or not painter.of_place:
        return ""
    return f"{painter.of_place} pictures of the place are codes in the generator, which paints them again, softly. "


def _remembered(count: int) -> str:
    return f"Of that evening {count} frames are in memory/, to be shown: whoever has the bundle sees them."


def command_line(folder: str, out: str, options: dict[str, object]) -> str:
    """Return the command in words that anybody may read: names without their paths."""
    words = ["python", "-m", "s2s", "retrain", folder, out]
    for name, value in options.items():
        words += [f"--{name}"] if value is True else [f"--{name}", str(value)]
    return shlex.join(words)
