"""A retraining, in order: gather, teach, assemble, compare, tell, promote. Each step goes on where it stopped."""

import json
import logging
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from s2s import bundle
from s2s.bundle import Bundle, BundleError
from s2s.card import write_card
from s2s.data.settings import write_whole
from s2s.evaluate.comparison import Heard, Painter, Verdict, class_agreement, class_centroids, heard, judge, painter
from s2s.retrain import finetune as teach
from s2s.retrain.candidate import Learnt, Story, assemble, measured, save_thumbnail
from s2s.retrain.dataset import Evening, gather
from s2s.retrain.layout import Layout
from s2s.retrain.page import ClipRow, Findings, before_after, in_words
from s2s.retrain.promote import copy_bundle, promote, settle
from s2s.sampling.generate import Sampling, paint
from s2s.training.inputs.moments import fingerprint
from s2s.training.stages.audio_encoder import encode_pairs

_log = logging.getLogger(__name__)

SHOWN: Final = 24
"""Clips on the page: more nobody looks at on a phone."""
PICTURES_EACH: Final = 2
_DIFFERS: Final = ("sample_rate_hz", "clip_samples", "window_samples", "hop_samples", "floor")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a retraining is asked for. `minutes` are of training, for both networks together."""

    folder: Path
    out: Path
    model: Path
    story: Story
    steps: int = 4000
    minutes: float = 20.0
    device: str = "cpu"
    seed: int = 0
    workers: int = 1
    generator: bool = False
    forget: bool = False
    force: bool = False
    restart: bool = False

    @property
    def key(self) -> dict[str, Any]:
        """Return what a finished retraining must have been asked for, so that it is not done again."""
        return {"steps": self.steps, "minutes": self.minutes, "generator": self.generator}

    @property
    def begun_with(self) -> dict[str, Any]:
        """Return what one retraining keeps to from its beginning to its end."""
        return {"folder": str(self.folder.resolve()), "from": str(self.model.resolve()), "seed": self.seed}


def retrain(asked: Asked) -> dict[str, Any]:
    """Do what is not done yet and return the report. Raises ValueError, DataError, BundleError, OSError."""
    layout = Layout(asked.out)
    layout.check_apart(asked.folder)
    settle(layout)
    if asked.restart:
        layout.clear()
    if (report := _finished(layout, asked)) is None:
        report = _work(layout, asked)
    if asked.forget:
        layout.forget_all()
    if not report["promoted"] and (report["verdict"]["word"] == "better" or asked.force):
        promote(layout, asked.story.day)
        report |= {"promoted": True, "forced": report["verdict"]["word"] != "better"}
        _write_report(layout, report)
    return report


def _finished(layout: Layout, asked: Asked) -> dict[str, Any] | None:
    """Return the report of a retraining that was asked for the same, where it has come to its end."""
    if not layout.report.exists():
        return None
    report: dict[str, Any] = json.loads(layout.report.read_text(encoding="utf-8"))
    layout.claim(asked.begun_with)
    is_there = report["promoted"] or layout.candidate.exists()
    return report if report["asked"] == asked.key and is_there else None


def _work(layout: Layout, asked: Asked) -> dict[str, Any]:
    # Cheap and likely failures come first.
    model = bundle.load(asked.model, device=asked.device)
    _check_model(model)
    if asked.generator:
        teach.check_generator(model)
    layout.claim({**asked.begun_with, "model": _identity(model)})
    if not layout.model.exists():
        copy_bundle(asked.model, layout.model)
    standing = _standing(layout, model)

    evening = gather(
        asked.folder,
        layout,
        model,
        seed=asked.seed,
        workers=asked.workers,
        pictures=asked.generator,
        forget=asked.forget,
    )
    pictures = teach.pictures_for(layout) if asked.generator else None
    share = 0.5 if pictures is not None else 1.0
    lesson = teach.Lesson(asked.steps, asked.minutes * share, asked.device, asked.seed)
    learnt = Learnt(teach.teach_audio_encoder(evening, model, layout, lesson))
    painters = None
    if pictures is not None:
        teach.teach_generator(pictures, model, layout, lesson)
        assemble(layout, asked.model, evening, asked.story, replace(learnt, generator=True))
        painters = _painters(layout, asked, evening, standing)
        learnt = replace(learnt, generator=painters[1].is_better_than(painters[0]))
    assemble(layout, asked.model, evening, asked.story, learnt)
    return _compare(layout, asked, evening, standing, learnt, painters)


def _check_model(model: Bundle) -> None:
    if model.image_encoder is None:
        raise BundleError(model.path, "image_encoder", "retraining compares sounds with pictures: it needs one")
    if model.spec.sample_rate_hz != 16_000:
        raise BundleError(model.path, "spectrogram", f"expected sound at 16000 Hz, got {model.spec.sample_rate_hz}")


def _identity(model: Bundle) -> str:
    return f"{model.card.name} {model.card.version} ({fingerprint(model.audio_encoder)})"


def _standing(layout: Layout, model: Bundle) -> Bundle:
    """Return the model that the new one is to replace. Raises ValueError where the two cannot be compared."""
    standing = bundle.load(layout.model, device=model.device)
    _check_model(standing)
    assert standing.image_encoder is not None and model.image_encoder is not None
    same_eyes = fingerprint(standing.image_encoder) == fingerprint(model.image_encoder)
    if not same_eyes or any(getattr(standing.spec, name) != getattr(model.spec, name) for name in _DIFFERS):
        raise ValueError(f"{layout.model} sees or hears otherwise than {model.path}: choose another OUT")
    return standing


def _painters(layout: Layout, asked: Asked, evening: Evening, standing: Bundle) -> tuple[Painter, Painter]:
    """Return how the standing generator paints held-out frames, and how the new one does."""
    new = bundle.load(layout.candidate, device=asked.device)
    features = torch.from_numpy(np.array(evening.pairs.features[evening.pairs.test, 0]))
    return painter(standing, features, asked.seed), painter(new, features, asked.seed)


def _compare(
    layout: Layout,
    asked: Asked,
    evening: Evening,
    standing: Bundle,
    learnt: Learnt,
    painters: tuple[Painter, Painter] | None,
) -> dict[str, Any]:
    """Judge what lies in OUT/candidate, complete its card and its thumbnail, and write page and report."""
    new = bundle.load(layout.candidate, device=asked.device)
    sounds = [_embedded(model, evening) for model in (standing, new)]
    old_heard, new_heard = (_heard(audio, evening) for audio in sounds)
    verdict = judge(old_heard, new_heard, evening.held_out, asked.seed)
    found = Findings(
        f"{standing.card.name} {standing.card.version}",
        f"{new.card.name} {new.card.version}",
        old_heard,
        new_heard,
        verdict,
        f"{evening.num_recordings} recordings, {evening.hours:.2f} hours. The audio encoder went {learnt.share:.0%} of "
        "the way from its old weights to those that were trained on them, as other recordings held out have it.",
        asked.story.consent_in_words,
        painters,
    )
    rows = _rows(evening, standing, new, sounds, asked.seed)
    save_thumbnail(layout.candidate / "thumbnail.png", np.stack([row.after[0] for row in rows]))
    card = measured(new.card, old_heard, new_heard, verdict, len(set(evening.held_out)))
    write_card(layout.candidate, card)
    write_whole(layout.page, before_after(found, rows))
    report = _report(asked, evening, found) | {"share": learnt.share}
    _write_report(layout, report)
    return report


@torch.no_grad()
def _embedded(model: Bundle, evening: Evening) -> Tensor:
    """Return how `model` hears the held-out clips, unit embeddings [n, d]."""
    pairs = replace(evening.pairs, spec=model.spec)
    return F.normalize(encode_pairs(model.audio_encoder, pairs, pairs.test), dim=1)


def _heard(audio: Tensor, evening: Evening) -> Heard:
    pairs = evening.pairs
    features = torch.from_numpy(np.array(pairs.features[:, 0]))
    centroids = class_centroids(features[pairs.train], pairs.labels[pairs.train], len(pairs.classes))
    agreement = class_agreement(audio, pairs.labels[pairs.test], centroids)
    return replace(heard(audio, features[pairs.test]), agreement=agreement)


def _rows(evening: Evening, standing: Bundle, new: Bundle, sounds: list[Tensor], seed: int) -> list[ClipRow]:
    """Paint clips spread evenly over those held out, both models with the same noise."""
    test = evening.pairs.test
    z = Sampling(PICTURES_EACH, seed).noise(standing.generator.z_dim)
    rows = []
    for number in np.unique(np.linspace(0, len(test) - 1, min(SHOWN, len(test))).round().astype(int)).tolist():
        before, after = (
            paint(model, z, audio[number : number + 1]) for model, audio in zip((standing, new), sounds, strict=True)
        )
        rows.append(ClipRow(number, evening.pairs.ids[test[number]], evening.frames[number], before, after))
    return rows


def _report(asked: Asked, evening: Evening, found: Findings) -> dict[str, Any]:
    pairs = evening.pairs
    clips = [
        {
            "id": pairs.ids[row],
            "recording": evening.recordings[row],
            **{
                f"{name}, {when}": round(float(getattr(heard, name)[number]), 4)
                for when, heard in (("before", found.old), ("after", found.new))
                for name in ("place", "cosine")
            },
        }
        for number, row in enumerate(pairs.test)
    ]
    generators = {when: asdict(one) for when, one in zip(("before", "after"), found.generators or (), strict=False)}
    return {
        "asked": asked.key,
        "old": found.old_name,
        "new": found.new_name,
        "verdict": _told(found.verdict),
        "in_words": in_words(found.verdict),
        "before": found.old.told(),
        "after": found.new.told(),
        "by_chance": {"recall at 1": round(1 / len(pairs.test), 4), "mean place": 0.5},
        "generators": generators,
        "recordings": evening.num_recordings,
        "hours": evening.hours,
        "clips": {"train": len(pairs.train), "val": len(pairs.held_out), "test": len(pairs.test)},
        "consent": asked.story.consent,
        "held_out": clips,
        "promoted": False,
        "forced": False,
    }


def _told(verdict: Verdict) -> dict[str, Any]:
    """Return the verdict as JSON has it, which knows no infinity."""
    told = asdict(verdict)
    return {name: None if value in (float("inf"), float("-inf")) else value for name, value in told.items()}


def _write_report(layout: Layout, report: dict[str, Any]) -> None:
    write_whole(layout.report, json.dumps(report, indent=1) + "\n")
