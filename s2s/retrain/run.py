"""A retraining, in order: gather, teach, assemble, compare, tell, promote. Each step goes on where it stopped."""

import json
import logging
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

from s2s import bundle
from s2s.bundle import Bundle, BundleError
from s2s.card import write_card
from s2s.evaluate.comparison import GeneratorScores, Verdict, compare, generator_scores
from s2s.files.atomic_write import write_text
from s2s.rates import SAMPLE_RATE_HZ
from s2s.retrain import finetune, painters
from s2s.retrain.budget import Budget
from s2s.retrain.candidate import Learnt, Story, assemble, measured, save_thumbnail
from s2s.retrain.dataset import GATHERED_IN, VenueDataset, gather
from s2s.retrain.finetune import Taught
from s2s.retrain.judging import held_out_scores, painted_from
from s2s.retrain.layout import Layout
from s2s.retrain.page import ClipRow, Findings, advice, before_after, in_words
from s2s.retrain.place_frames import remember
from s2s.retrain.promote import copy_bundle, promote, settle
from s2s.retrain.rehearsal import takes_of_a_scene
from s2s.retrain.stages import Stages
from s2s.sampling.generate import Sampling, paint
from s2s.training.inputs.moments import fingerprint

_log = logging.getLogger(__name__)

SHOWN: Final = 24
"""Clips on the page: more nobody looks at on a phone."""
PICTURES_EACH: Final = 2
_LEARN_SHARE: Final = 0.7
"""Of the time that is left, for learning: the rest is for comparing and for the page."""
_PAINT_SHARE: Final = 0.75
"""Of what learning to hear has left, for learning to paint."""
_DIFFERS: Final = ("sample_rate_hz", "clip_samples", "window_samples", "hop_samples", "floor")


@dataclass(frozen=True, slots=True)
class RetrainOptions:
    """What a retraining is asked for. `minutes` are for all of it, every start together."""

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


def retrain(options: RetrainOptions) -> dict[str, Any]:
    """Do what is not done yet and return the report. Raises ValueError, DataError, BundleError, OSError."""
    layout = Layout(options.out)
    layout.check_apart(options.folder)
    settle(layout)
    if options.restart:
        layout.clear()
    if (report := _finished(layout, options)) is None:
        report = _work(layout, options)
    if options.forget:
        layout.forget_all()
    if not report["promoted"] and (report["verdict"]["word"] == "better" or options.force):
        promote(layout, options.story.day)
        report |= {"promoted": True, "forced": report["verdict"]["word"] != "better"}
        _write_report(layout, report)
    return report


def _finished(layout: Layout, options: RetrainOptions) -> dict[str, Any] | None:
    """Return the report of a retraining that was asked for the same, where it has come to its end."""
    if not layout.report.exists():
        return None
    report: dict[str, Any] = json.loads(layout.report.read_text(encoding="utf-8"))
    layout.claim(options.begun_with)
    is_there = report["promoted"] or layout.candidate.exists()
    return report if report["asked"] == options.key and is_there else None


def _work(layout: Layout, options: RetrainOptions) -> dict[str, Any]:
    # Cheap and likely failures come first.
    model = bundle.load(options.model, device=options.device)
    _check_model(model)
    if options.generator:
        painters.check_generator(model, forget=options.forget)
    layout.claim({**options.begun_with, "model": _identity(model)})
    if not layout.model.exists():
        copy_bundle(options.model, layout.model)
    current = _current_model(layout, model)

    stages = _stages(layout, options)
    dataset = gather(
        options.folder,
        layout,
        model,
        stages,
        seed=options.seed,
        workers=options.workers,
        pictures=options.generator and painters.wants_many_pictures(model),
        forget=options.forget,
    )
    if not options.forget:
        assert model.image_encoder is not None
        remember(options.folder, layout, model.image_encoder, options.seed)
    pictures = None
    if options.generator:
        pictures = painters.pictures_for(options.folder, layout, model, dataset, options.seed)
    stages.begin("teaching the audio encoder what is heard here, and how that looks")
    minutes = stages.share_s(_LEARN_SHARE) / 60.0
    # The rehearsal follows from what was asked for, not from the clock: a run that was killed repeats it.
    config = finetune.FinetuneConfig(
        options.steps, minutes, options.device, options.seed, options.workers, takes_of_a_scene(options.minutes)
    )
    taught = finetune.finetune_audio_encoder(
        dataset, model, layout, config, lambda done, total: stages.at(done, total, "sounds, then the world's")
    )
    learnt = Learnt(taught.share, taught.whole, taught.of_place)
    painted = None
    if pictures is not None:
        stages.begin("teaching the generator how the place looks")
        config = replace(config, minutes=stages.share_s(_PAINT_SHARE) / 60.0)
        painter = painters.teach_painter(pictures, dataset, model, layout, config, taught)
        assemble(layout, options.model, dataset, options.story, replace(learnt, painter=painter))
        painted = _generator_scores(layout, options, dataset, current)
        learnt = replace(learnt, painter=painter if painted[1].is_better_than(painted[0]) else None)
    stages.begin("comparing the new model with the old one, on recordings that neither has heard, and painting both")
    assemble(layout, options.model, dataset, options.story, learnt)
    report = _compare(layout, options, dataset, current, taught, painted)
    report |= {"seconds": round(stages.budget.used_s()), "cut_short": stages.cut_short}
    _write_report(layout, report)
    return report


def _stages(layout: Layout, options: RetrainOptions) -> Stages:
    """Return the stages, with the time that earlier starts have left."""
    budget = Budget(options.minutes, time.monotonic, layout.spent_s(options.key))
    count = len(GATHERED_IN) + 2 + options.generator
    return Stages(budget, count, note=lambda seconds: layout.note_spent(options.key, seconds))


def _check_model(model: Bundle) -> None:
    if model.image_encoder is None:
        raise BundleError(model.path, "image_encoder", "retraining compares sounds with pictures: it needs one")
    if model.spec.sample_rate_hz != SAMPLE_RATE_HZ:
        raise BundleError(
            model.path, "spectrogram", f"expected sound at {SAMPLE_RATE_HZ} Hz, got {model.spec.sample_rate_hz}"
        )


def _identity(model: Bundle) -> str:
    return f"{model.card.name} {model.card.version} ({fingerprint(model.audio_encoder)})"


def _current_model(layout: Layout, model: Bundle) -> Bundle:
    """Return the model that the new one is to replace. Raises ValueError where the two cannot be compared."""
    current = bundle.load(layout.model, device=model.device)
    _check_model(current)
    assert current.image_encoder is not None and model.image_encoder is not None
    same_eyes = fingerprint(current.image_encoder) == fingerprint(model.image_encoder)
    if not same_eyes or any(getattr(current.spec, name) != getattr(model.spec, name) for name in _DIFFERS):
        raise ValueError(f"{layout.model} sees or hears otherwise than {model.path}: choose another OUT")
    return current


def _generator_scores(
    layout: Layout, options: RetrainOptions, dataset: VenueDataset, current: Bundle
) -> tuple[GeneratorScores, GeneratorScores]:
    """Return how the standing generator paints held-out frames, and how the new one does."""
    new = bundle.load(layout.candidate, device=options.device)
    features = torch.from_numpy(np.array(dataset.pairs.features[dataset.pairs.test, 0]))
    return generator_scores(current, features, options.seed), generator_scores(new, features, options.seed)


def _compare(
    layout: Layout,
    options: RetrainOptions,
    dataset: VenueDataset,
    current: Bundle,
    taught: Taught,
    generator_scores: tuple[GeneratorScores, GeneratorScores] | None,
) -> dict[str, Any]:
    """Compare what lies in OUT/candidate, complete its card and its thumbnail, and write page and report."""
    new = bundle.load(layout.candidate, device=options.device)
    sounds = [painted_from(model, dataset, dataset.pairs.test) for model in (current, new)]
    old_scores, new_scores = (held_out_scores(audio, dataset) for audio in sounds)
    verdict = compare(old_scores, new_scores, dataset.held_out, options.seed)
    findings = Findings(
        f"{current.card.name} {current.card.version}",
        f"{new.card.name} {new.card.version}",
        old_scores,
        new_scores,
        verdict,
        f"{dataset.num_recordings} recordings, {dataset.hours:.2f} hours. The audio encoder went {taught.share:.0%} of "
        "the way from its old weights to those that were trained on them, as recordings left out in turn have it.",
        options.story.consent_in_words,
        generator_scores,
        taught.kept,
        taught.painted,
    )
    rows = _rows(dataset, current, new, sounds, options.seed)
    save_thumbnail(layout.candidate / "thumbnail.png", np.stack([row.after[0] for row in rows]))
    card = measured(new.card, old_scores, new_scores, verdict, len(set(dataset.held_out)))
    write_card(layout.candidate, card)
    write_text(layout.page, before_after(findings, rows))
    report = _report(options, dataset, findings) | {"share": taught.share, "learning": asdict(taught)}
    _write_report(layout, report)
    return report


def _rows(dataset: VenueDataset, current: Bundle, new: Bundle, sounds: list[Tensor], seed: int) -> list[ClipRow]:
    """Paint clips spread evenly over those held out, both models with the same noise."""
    test = dataset.pairs.test
    z = Sampling(PICTURES_EACH, seed).noise(current.generator.z_dim)
    rows = []
    for number in np.unique(np.linspace(0, len(test) - 1, min(SHOWN, len(test))).round().astype(int)).tolist():
        before, after = (
            paint(model, z, audio[number : number + 1]) for model, audio in zip((current, new), sounds, strict=True)
        )
        rows.append(ClipRow(number, dataset.pairs.ids[test[number]], dataset.frames[number], before, after))
    return rows


def _report(options: RetrainOptions, dataset: VenueDataset, findings: Findings) -> dict[str, Any]:
    pairs = dataset.pairs
    clips = [
        {
            "id": pairs.ids[row],
            "recording": dataset.recordings[row],
            **{
                f"{name}, {when}": round(float(getattr(scores, name)[number]), 4)
                for when, scores in (("before", findings.old), ("after", findings.new))
                for name in ("place", "cosine")
            },
        }
        for number, row in enumerate(pairs.test)
    ]
    generators = {when: asdict(one) for when, one in zip(("before", "after"), findings.generators or (), strict=False)}
    return {
        "asked": options.key,
        "old": findings.old_name,
        "new": findings.new_name,
        "verdict": _verdict_fields(findings.verdict),
        "in_words": in_words(findings.verdict),
        "advice": advice(findings.verdict),
        "before": findings.old.summary(),
        "after": findings.new.summary(),
        "by_chance": {"recall at 1": round(1 / len(pairs.test), 4), "mean place": 0.5},
        "generators": generators,
        "recordings": dataset.num_recordings,
        "hours": dataset.hours,
        "clips": {"train": len(pairs.train), "val": len(pairs.held_out), "test": len(pairs.test)},
        "consent": options.story.consent,
        "held_out": clips,
        "promoted": False,
        "forced": False,
    }


def _verdict_fields(verdict: Verdict) -> dict[str, Any]:
    """Return the verdict as JSON has it, which knows no infinity."""
    summary = asdict(verdict)
    return {name: None if value in (float("inf"), float("-inf")) else value for name, value in summary.items()}


def _write_report(layout: Layout, report: dict[str, Any]) -> None:
    write_text(layout.report, json.dumps(report, indent=1) + "\n")
