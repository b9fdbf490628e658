"""What a report says in words: the names of metrics, and the few numbers that matter. Pure.

A metric that is not in the table is shown all the same, under its own name.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

from s2s.evaluate.report.model import Better, Metric, Report
from s2s.evaluate.report.numbers import Scale

FROM_SOUNDS: Final = "pictures from sounds"
REAL: Final = "real pictures"
_MOST: Final = 4


@dataclass(frozen=True, slots=True)
class MetricWords:
    """What a metric is called, and which way it is better."""

    label: str
    better: Better = ""


METRICS: Final[Mapping[str, MetricWords]] = {
    **{
        f"{name}_r{k}": MetricWords(f"R@{k} by {judge}", "up")
        for name, judge in {
            "clip": "CLIP",
            "clip_photo": "CLIP, told “a photo of …”",
            "class": "the corpus's own classifier",
            "thing": "a judge that needs the thing",
        }.items()
        for k in (1, 5)
    },
    **{f"audio_to_image_r{k}": MetricWords(f"R@{k}, pictures found by their sounds", "up") for k in (1, 5)},
    **{f"image_to_audio_r{k}": MetricWords(f"R@{k}, sounds found by their pictures", "up") for k in (1, 5)},
    "thing_none": MetricWords("the judge finds no thing", "down"),
    "fid": MetricWords("FID", "down"),
    "inception_score": MetricWords("Inception Score", "up"),
    "noise_diversity": MetricWords("how much noise changes, of how much sounds do"),
    "size_against_truth": MetricWords("size of the thing against the truth, rank correlation", "up"),
    "thing_iou": MetricWords("overlap of the thing with the truth, IoU", "up"),
    "av_align": MetricWords("AV-Align: peaks of sound that are peaks of the picture", "up"),
    "av_align_shifted": MetricWords("AV-Align of another sound, for comparison"),
}


@dataclass(frozen=True, slots=True)
class KeyNumber:
    """A number that matters, large, and the words that go with it."""

    number: str
    words: str


def words_of(name: str) -> MetricWords:
    """Return what the metric `name` is called."""
    return METRICS.get(name, MetricWords(name.replace("_", " ")))


def title_of(report: Report) -> str:
    """Return which model was measured on what."""
    return f"{model_of(report)} on {report.data.get('name', 'data without a name')}"


def model_of(report: Report) -> str:
    """Return the model's name and version."""
    return " ".join(str(report.model[key]) for key in ("name", "version") if key in report.model) or "A model"


def lead(report: Report) -> str:
    """Return in one sentence what was measured, and on what."""
    counts = [
        f"{report.data[key]:,} {words}".replace(",", "\N{NARROW NO-BREAK SPACE}")
        for key, words in (("clips", "clips"), ("recordings", "recordings"), ("classes", "classes"))
        if isinstance(report.data.get(key), int)
    ]
    size = " of ".join(counts[:2]) + "".join(f" in {one}" for one in counts[2:])
    name, kind = report.data.get("name", "data without a name"), report.data.get("kind", "")
    kind = f", {kind}" if kind not in ("", name) else ""
    return f"{model_of(report)} was measured on {name}{kind}{': ' if size else ''}{size}."


def key_numbers(report: Report) -> list[KeyNumber]:
    """Return the few numbers that matter; those of the first metrics where none is known to."""
    found = [*_recalls(report), *_found_by_sounds(report), *_frechet(report)]
    if not found:
        found = [_said(metric, f"{words_of(metric.name).label}, {metric.of}") for metric in report.metrics]
    return [*found[: _MOST - 1], *_claims(report)]


def _recalls(report: Report) -> Iterator[KeyNumber]:
    judges = {
        "clip_r1": "CLIP",
        "class_r1": "the corpus's own classifier",
        "thing_r1": "a judge that needs the thing",
    }
    for name, judge in judges.items():
        if (metric := _metric(report, name, FROM_SOUNDS)) is None:
            continue
        real = _metric(report, name, REAL)
        of_real = "" if real is None else f"; of real ones {_scale(real).with_sign(real.value.value)}"
        yield _said(metric, f"of the pictures painted from sounds are named rightly by {judge}", of_real)


def _found_by_sounds(report: Report) -> Iterator[KeyNumber]:
    for metric in report.metrics:
        if metric.name == "audio_to_image_r1":
            count = metric.value.count
            chance = f"; by chance, 1 in {count}" if count else ""
            yield _said(metric, "of the sounds lie nearest to their own picture, of all held out", chance)


def _frechet(report: Report) -> Iterator[KeyNumber]:
    if (metric := _metric(report, "fid", FROM_SOUNDS)) is not None:
        yield _said(metric, "is the FID of what is painted from sounds; lower is better")


def _claims(report: Report) -> Iterator[KeyNumber]:
    if not report.claims:
        return
    holding = sum(one.holds is True for one in report.claims)
    failing = [one.claim for one in report.claims if one.holds is False]
    open_ones = sum(one.holds is None for one in report.claims)
    words = ["of the paper's claims on control hold, measured on the synthetic world"]
    words += [f"not so: {', '.join(f'“{claim}”' for claim in failing)}"] if failing else []
    words += [f"{open_ones} cannot be told"] if open_ones else []
    yield KeyNumber(f"{holding} of {len(report.claims)}", "; ".join(words))


def _said(metric: Metric, words: str, more: str = "") -> KeyNumber:
    scale = _scale(metric)
    interval = scale.interval(metric.value)
    return KeyNumber(scale.with_sign(metric.value.value), f"{words}{f' ({interval})' if interval else ''}{more}")


def _scale(metric: Metric) -> Scale:
    return Scale.of(metric.unit, [metric.value.value])


def _metric(report: Report, name: str, of: str) -> Metric | None:
    return next((one for one in report.metrics if (one.name, one.of) == (name, of)), None)


def in_words(value: Any) -> str:
    """Return plain data as a reader says it; of a path on somebody's machine the name alone."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {in_words(one)}" for key, one in value.items()) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(map(in_words, value)) or "none"
    if isinstance(value, str) and value.startswith("/"):
        return PurePosixPath(value).name or value
    return "none" if value is None or value == "" else str(value)
