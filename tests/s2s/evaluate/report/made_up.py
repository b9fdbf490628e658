"""A made-up report with every part filled, as `evaluate --paper` would leave it, and another one beside it."""

import dataclasses
import wave
from pathlib import Path

import numpy as np
from PIL import Image

from s2s.evaluate.curves import RunCurves, write_curves
from s2s.evaluate.report.model import Claim, Column, Figure, Metric, Report, Row, Skipped, Table, Value

SETS = ("real pictures", "pictures from sounds", "pictures from pictures", "retrieved by sounds")
_COLUMNS = (
    Column("r1", "R@1", "share", "up"),
    Column("r5", "R@5", "share", "up"),
    Column("fid", "FID", "", "down"),
    Column("is", "IS", "", "up"),
    Column("thing_r1", "thing R@1", "share", "up"),
)


def share(value: float, reach: float = 0.04) -> Value:
    return Value(value, max(0.0, value - reach), min(1.0, value + reach), 448)


def _metrics() -> list[Metric]:
    found = [
        Metric(name, of, share(value - 0.03 * number), "share", {"at": at, "array": "class"})
        for name, at, value in (("class_r1", 1, 0.86), ("class_r5", 5, 0.97), ("thing_r1", 1, 0.91))
        for number, of in enumerate(SETS)
    ]
    found += [
        Metric(
            "fid", of, Value(value, value - 2, value + 3, 896), "", {"features": 192}, "fewer pictures than features"
        )
        for of, value in zip(SETS[1:], (38.21, 31.4, 12.07), strict=True)
    ]
    found += [Metric("size_against_truth", of, Value(0.61, 0.5, 0.7, 448), "ρ", {}) for of in SETS[:3]]
    return [
        *found,
        Metric("audio_to_image_r1", "the model", share(0.121, 0.03), "share", {"at": 1, "query": "sound"}),
        Metric("noise_diversity", "pictures from sounds", Value(0.34, 0.31, 0.37, 448), "ratio", {}),
        Metric("av_align", "street-with-rain.mp4", Value(0.41), "share", {"window_s": 0.1}, "one film: no interval"),
        Metric("a_new_one", "the model", Value(-0.00312, -0.01, 0.004), "", {}),
    ]


def _tables() -> list[Table]:
    rows = [
        Row(
            "A: from pictures, as IC-GAN (f_V, G)", _cells(0.83, 0.96, 31.4, 11.2, 0.88), _paper(0.3006, 0.6259, 16.11)
        ),
        Row("B: from sounds (f_A, G)", _cells(0.80, 0.94, 38.2, 10.4, 0.85), _paper(0.4071, 0.7736, 17.97)),
        Row("C: retrieved by sounds (f_A, memory)", {**_cells(0.77, 0.92, 12.1, 14.0, 0.82), "is": None}, {}),
        Row(
            "D: upper bound, real pictures", {**_cells(0.86, 0.97, 0, 15.1, 0.91), "fid": None}, _paper(0.5782, 0.8579)
        ),
    ]
    note = "R@k by the corpus's own classifier, where the paper has CLIP; another corpus than the paper's VGGSound"
    ablation = [
        Row(name, {"r1": Value(value, value - 0.05, value + 0.05), "r5": Value(0.9)}, {"r1": paper})
        for name, value, paper in (("L2", 0.52, 0.1821), ("L_nce", 0.66, 0.3163), ("L_total, 10 s", 0.79, 0.4071))
    ]
    suitable = [Row(f"class {n:02d}", {"r1": share(1 - 0.03 * n, 0.1)}, {}) for n in range(28)]
    last = "those of at least 0.3 are in suitable-classes.txt, for `prepare --classes`"
    return [
        Table("table-1", "Comparison to baselines", "Table 1 (a)", _COLUMNS, rows, note),
        Table("table-2", "Losses, frames and durations", "Table 2", _COLUMNS[:2], ablation, "intervals over 3 seeds"),
        Table("suitable-classes", "Suitable categories", "Appendix B", _COLUMNS[:1], suitable, last),
    ]


def _cells(r1: float, r5: float, fid: float, inception: float, thing: float) -> dict[str, Value | None]:
    quality = {"fid": Value(fid, fid - 2, fid + 3, 448), "is": Value(inception, inception - 1, inception + 1, 448)}
    return {"r1": share(r1), "r5": share(r5, 0.02), **quality, "thing_r1": share(thing)}


def _paper(r1: float, r5: float, fid: float | None = None) -> dict[str, float]:
    return {"r1": r1, "r5": r5} if fid is None else {"r1": r1, "r5": r5, "fid": fid}


def _claims() -> list[Claim]:
    asked = "The thing that sounds covers more of the picture when its sound is 20 dB louder, all else alike."
    return [
        Claim("louder", "Louder is larger", asked, Value(0.83, 0.77, 0.88, 140), 0.5, True),
        Claim("mix", "Both in a mix", "The judge finds both things.", Value(0.31, 0.24, 0.38, 100), 0.05, True),
        Claim("blend", "A blend is monotone", "λ orders what is seen.", Value(0.9, 0.86, 0.93, 80), None, True),
        Claim("edit", "An edit moves nothing else", "What is not named stays.", Value(0.4, 0.3, 0.6, 60), 0.5, False),
        Claim(
            "unseen", "Unseen classes land nearby", "As people would.", Value(0.4), 0.2, None, "four scenes: too few"
        ),
    ]


def _figures() -> list[Figure]:
    caption = "Columns: five sounds; rows: what is painted with three draws of noise."
    return [
        Figure("figure-4", "Pictures of single sounds", "Figure 4", "figure-4.png", caption, _SOUNDS),
        Figure("figure-s4", "A map of the sounds", "Figure S4", "figure-s4.png", "t-SNE of z_A, a colour a class."),
    ]


_SOUNDS = ("figure-4-thunder.wav", "figure-4-dog_bark.wav", "figure-4-rain-minus-30-db.wav")


def made_up() -> Report:
    """Return the report."""
    options = {"model": "s2s/pretrained", "out": "report", "each": 2, "seed": 0, "judges": ["judge", "thing-judge"]}
    versions = {"python": "3.11.2", "torch": "2.11.0", "numpy": "2.3.1"}
    made = {"when": "2026-11-29T12:35:40+00:00", "seconds": 812.4, "versions": versions, "seed": 0, "options": options}
    return Report(
        format=1,
        made={**made, "machine": {"make": "x86_64", "cores": 2, "device": "cpu"}},
        model={"name": "Small world", "version": "7", "pictures": "256x144", "hash": "91f0c2aa7b3e5d10"},
        data={"name": "held-out takes", "kind": "the world's takes", "clips": 448, "recordings": 448, "classes": 28},
        metrics=_metrics(),
        tables=_tables(),
        figures=_figures(),
        claims=_claims(),
        skipped=[
            Skipped("clip_r1, pictures from sounds", "no CLIP weights were given (--clip-weights)"),
            Skipped("clip_r5, pictures from sounds", "no CLIP weights were given (--clip-weights)"),
            Skipped("Figure 13", "the model has no scenes that it fails on"),
        ],
    )


def another() -> Report:
    """Return a report on an older model, on fewer clips and with another seed."""
    report = made_up()
    older = [dataclasses.replace(one, value=_lower(one.value)) for one in report.metrics]
    claims = [dataclasses.replace(one, value=_lower(one.value), holds=None) for one in report.claims[:3]]
    rows = [
        dataclasses.replace(row, cells={key: value and _lower(value) for key, value in row.cells.items()})
        for row in report.tables[0].rows
    ]
    return dataclasses.replace(
        report,
        model={**report.model, "version": "6"},
        data={**report.data, "clips": 300},
        made={**report.made, "seed": 1},
        metrics=[*older, Metric("iou", "the model", Value(0.4), "share", {})],
        tables=[dataclasses.replace(report.tables[0], rows=rows)],
        claims=claims,
        figures=report.figures[:1],
    )


def _lower(value: Value) -> Value:
    """Return a number a tenth lower: intervals of shares part."""
    low, high = (None if one is None else one * 0.88 for one in (value.low, value.high))
    return Value(value.value * 0.88, low, high, value.count)


def write_files(folder: Path, *, px: tuple[int, int] = (1460, 620)) -> None:
    """Write the pictures, sounds and curves that the report names."""
    folder.mkdir(exist_ok=True)
    rng = np.random.default_rng(0)
    for figure in _figures():
        coarse = rng.integers(0, 255, (6, 14, 3), dtype=np.uint8)
        Image.fromarray(coarse).resize(px).save(folder / figure.file)
    for name in _SOUNDS:
        with wave.open(str(folder / name), "wb") as file:
            file.setparams((1, 2, 16000, 0, "NONE", ""))
            file.writeframes((8000 * np.sin(np.arange(4000) / 7)).astype("<i2").tobytes())
    points = [(step, 1 / (1 + step / 100)) for step in range(0, 2000, 40)]
    held_out = [(step, 0.1 + value) for step, value in points[::6]]
    curves = {"loss": points, "val_loss": held_out, "accuracy": [(s, 1 - v) for s, v in points]}
    runs = [
        RunCurves("judge", 2000, 12.0, curves),
        RunCurves("generator", 2000, 182.0, {"pixel": points, "gap": points}),
    ]
    write_curves(folder, runs)
