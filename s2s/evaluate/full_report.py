"""The whole report on a model: what `evaluate` writes."""

import os
import platform
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, TypeVar

import torch

from s2s import bundle
from s2s.bundle import Bundle
from s2s.evaluate.claims import KeptClaims, LeftOut, measure_claims
from s2s.evaluate.curves import CURVES
from s2s.evaluate.evaluation import Evaluation, EvaluationPlan, classes_of, open_evaluation
from s2s.evaluate.figures import draw_figures, material_of_clips
from s2s.evaluate.identity import fingerprint_of
from s2s.evaluate.metrics.clips import Clips
from s2s.evaluate.metrics.kept import KeptMetrics
from s2s.evaluate.metrics.registry import Unmeasured, in_few_lines
from s2s.evaluate.paper.tables import PaperPlan, PaperTables
from s2s.evaluate.report.model import FORMAT, Claim, Figure, Metric, Report, Skipped, Table, write_report
from s2s.evaluate.report.page import write_page
from s2s.files.atomic_write import write_text

_PACKAGES: Final = ("torch", "torchmetrics", "numpy", "scipy")
T = TypeVar("T")


def evaluate(plan: EvaluationPlan, paper: PaperPlan | None, *, when: str, study: Table | None = None) -> Report:
    """Measure all that `plan` allows, with `paper` its tables, figures and claims too, and write `report.json`.

    A run that was stopped goes on where it was. `when` is the time of day in ISO's form, `study` what people answered.
    Raises as `open_evaluation`.
    """
    began_s = time.monotonic()
    opened = open_evaluation(plan)
    left_out = _left_out(paper)  # refused now, not after the hour
    evidence = opened.evidence()
    found = list(opened.measured(evidence, KeptMetrics(plan.out)))
    metrics = _of_kind(Metric, found)
    tables: list[Table | Skipped] = [] if study is None else [study]
    shown: list[Figure | Claim | Skipped] = []
    if paper is not None:
        numbers = {(metric.name, metric.of): metric.value for metric in metrics}
        judge = None if opened.judges.classes is None else opened.judges.classes.judge
        tables[:0] = PaperTables(paper, opened.model, judge, evidence, numbers, opened.memory_note()).all()
        shown = list(_figures_and_claims(opened, paper, left_out))
    report = Report(
        format=FORMAT,
        made=_made(plan, when, time.monotonic() - began_s),
        model=_about_model(opened.model),
        data=_about_data(opened.clips),
        metrics=metrics,
        tables=_of_kind(Table, tables),
        figures=_of_kind(Figure, shown),
        claims=_of_kind(Claim, shown),
        skipped=[*in_few_lines(_of_kind(Unmeasured, found)), *_of_kind(Skipped, [*tables, *shown])],
    )
    write_report(plan.out, report)
    return report


def write_full_page(plan: EvaluationPlan, report: Report, against: tuple[Path, Report] | None) -> Path:
    """Write `report.html` of a report that `evaluate` wrote, with how the bundle learnt where it tells that."""
    curves = plan.model / CURVES
    if curves.is_file():
        write_text(plan.out / CURVES, curves.read_text(encoding="utf-8"))
    return write_page(plan.out, report, against)


def _left_out(paper: PaperPlan | None) -> LeftOut | None:
    if paper is None or paper.left_out is None:
        return None
    return LeftOut(bundle.load(paper.left_out), paper.left_out_scenes)


def _figures_and_claims(
    opened: Evaluation, paper: PaperPlan, left_out: LeftOut | None
) -> Iterator[Figure | Claim | Skipped]:
    """Yield the paper's figures of the evaluated clips, and its claims on the world's truth."""
    model, things = opened.model, opened.judges.things
    material = material_of_clips(model, opened.clips, left_out=left_out, seed=opened.plan.seed)
    yield from draw_figures(model, material, paper.out)
    judge = None if things is None else things.judge
    kept = KeptClaims(paper.out)
    yield from measure_claims(model, judge, kept, seed=opened.plan.seed, sizes=paper.claims, left_out=left_out)


def _of_kind(kind: type[T], found: Iterable[object]) -> list[T]:
    return [one for one in found if isinstance(one, kind)]


def _made(plan: EvaluationPlan, when: str, seconds: float) -> Mapping[str, Any]:
    options = {name: _plain(value) for name, value in asdict(plan).items()}
    machine = {"make": platform.machine(), "cores": os.cpu_count() or 1, "device": plan.device}
    versions = {"python": platform.python_version(), **{name: version(name) for name in _PACKAGES}}
    about = {"when": when, "seconds": round(seconds, 1), "versions": versions}
    return {**about, "seed": plan.seed, "options": options, "machine": machine}


def _plain(value: object) -> object:
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _about_model(model: Bundle) -> Mapping[str, Any]:
    networks = (("f_A", model.audio_encoder), ("G", model.generator), ("f_V", model.image_encoder))
    sizes = {
        name: sum(parameter.numel() for parameter in network.parameters())
        for name, network in networks
        if isinstance(network, torch.nn.Module)
    }
    card, size = model.card, f"{model.generator.width}x{model.generator.height}"
    about = {"name": card.name, "version": card.version, "architecture": type(model.generator).__name__}
    return {**about, "pictures": size, "parameters": sizes, "hash": fingerprint_of(model.path)}


def _about_data(clips: Clips) -> Mapping[str, Any]:
    about = {"name": clips.name, "kind": clips.kind, "clips": len(clips.ids)}
    return {**about, "recordings": len(set(clips.recordings)), "classes": len(classes_of(clips))}
