"""Table 2 of the paper on any prepared clips: what each choice in f_A's training is worth.

Every row is trained for the same number of steps from the same start, several seeds each, and judged by what G paints
from held-out sounds. Rows resume; a finished one is not trained again.
"""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from s2s.data.clip_source import ClipSource
from s2s.evaluate import picture_metrics as measure
from s2s.metrics import scores
from s2s.metrics.frechet import frechet_distance
from s2s.models.generator import Generator
from s2s.models.image_encoder import PictureEncoder
from s2s.rates import SAMPLE_RATE_HZ
from s2s.spectrogram_spec import SpectrogramSpec
from s2s.training.augment.spectrogram_augment import NO_AUGMENTATION
from s2s.training.engine.device import DeviceContext
from s2s.training.engine.loop import RunPlan
from s2s.training.engine.stage import RunLength
from s2s.training.inputs.pair_sources import Choice, ChosenMoments
from s2s.training.inputs.pairs import Pairs, write_pairs
from s2s.training.stages.audio_encoder import AudioEncoderSettings, Loss, encode_pairs, train_audio_encoder
from s2s.training.stages.judge import Judge

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: how f_A is trained, and the R@1 in per cent that the paper has for it on VGGSound."""

    name: str
    paper_r1: float
    loss: Loss = "total"
    frame: Choice = "top1"
    clip_s: float = 10.0


ROWS: Final = (
    Row("L2", 18.21, loss="l2"),
    Row("L_nce", 31.63, loss="nce"),
    Row("L_total, middle frame", 37.20, frame="middle"),
    Row("L_total, 1 s", 35.85, clip_s=1.0),
    Row("L_total, 5 s", 38.24, clip_s=5.0),
    Row("L_total, top-1 frame, 10 s", 40.71),
)
"""The paper's table 2 and section 4.4, the full method last."""


@dataclass(frozen=True, slots=True)
class AblationSettings:
    """What all rows share. `hop_samples` 318 is every second column of the published 159, for half the work.

    The published rate is constant; after a few hundred steps that leaves every row wherever its last step threw it, so
    that here it falls along a cosine.
    """

    steps: int = 400
    seeds: int = 3
    width: int = 16
    batch: int = 64
    learning_rate: float = 1e-3
    schedule: Literal["constant", "cosine"] = "cosine"
    hop_samples: int = 159
    px: int = 128


@dataclass(frozen=True, slots=True)
class Judges:
    """What rows are judged with: G paints, the judge names, f_V was what f_A is pulled to."""

    image_encoder: PictureEncoder
    generator: Generator
    judge: Judge


@dataclass(frozen=True, slots=True)
class Ablation:
    """The rows on one corpus: clips, and the moments chosen of them."""

    source: ClipSource
    moments: Mapping[str, Sequence[int]]
    judges: Judges
    settings: AblationSettings
    out: Path

    def rows(self, device_context: DeviceContext, rows: Sequence[Row] = ROWS) -> Iterator[dict[str, Any]]:
        """Train and judge every row and seed; yield each result, those first that were there already.

        Seeds are the outer loop: an ablation that is stopped has all rows of the first seeds. Raises ValueError, before
        anything is trained, where there are no clips to judge or the judge does not know their classes.
        """
        for seed in range(self.settings.seeds):
            for row in rows:
                yield self._result(row, seed, device_context)

    def _check_classes(self) -> None:
        clips = [clip_id for clip_id in self.source.ids if self.source.split(clip_id) == "test"]
        if not clips:
            raise ValueError("there are no clips of the test split to judge: prepare some, as --split 0.8,0.1,0.1 does")
        labels = [self.source.label(clip_id) for clip_id in clips]
        if nameless := labels.count(None):
            raise ValueError(f"{nameless} of {len(clips)} clips of the test split have no class to be judged by")
        _targets(self.judges.judge, [label for label in labels if label is not None])

    def _result(self, row: Row, seed: int, device_context: DeviceContext) -> dict[str, Any]:
        folder = self.out / f"{_file_name(row.name)}-seed{seed}"
        path = folder / "result.json"
        if path.exists():
            result: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            return result
        self._check_classes()
        pairs = self._pairs(row)
        s = self.settings
        training = AudioEncoderSettings(
            s.width, s.batch, row.loss, s.learning_rate, schedule=s.schedule, augmentation=NO_AUGMENTATION
        )
        length = RunLength(s.steps, validate_every=max(s.steps, 1))  # as many steps for all: no row stops early
        net = train_audio_encoder(pairs, training, RunPlan(folder, length, device_context, seed))
        result = {**asdict(row), "seed": seed, **self._measured(encode_pairs(net, pairs, pairs.test), pairs)}
        path.write_text(json.dumps(result) + "\n", encoding="utf-8")
        return result

    def _pairs(self, row: Row) -> Pairs:
        """Return the pairs of a row; rows that choose alike share them."""
        folder = self.out / "pairs" / f"{row.frame}-{row.clip_s:g}s"
        moments = self.moments if row.frame == "top1" else None
        chosen = ChosenMoments(self.source, self.settings.px, moments, clip_s=row.clip_s)
        spec = SpectrogramSpec(clip_samples=round(row.clip_s * SAMPLE_RATE_HZ), hop_samples=self.settings.hop_samples)
        return write_pairs(chosen, self.judges.image_encoder, folder, spec)

    def _measured(self, audio: Tensor, pairs: Pairs) -> dict[str, float]:
        """Return R@1, R@5 and the Fréchet distance to real frames of what is painted from held-out sounds [n, d]."""
        judge = self.judges.judge
        targets = _targets(judge, [pairs.classes[label] for label in pairs.labels[pairs.test]])
        painted = measure.paint(self.judges.generator, F.normalize(audio, dim=1))
        logits = measure.judged(judge, painted)
        real = measure.judge_features(judge, self._real([pairs.ids[row] for row in pairs.test]))
        return {
            "r1": scores.recall_at(logits, targets, 1),
            "r5": scores.recall_at(logits, targets, 5),
            "fd": frechet_distance(measure.judge_features(judge, painted), real),
        }

    def _real(self, ids: Sequence[str]) -> NDArray[np.uint8]:
        """Return the first chosen frame of each clip, the middle one where none is chosen."""
        shown = []
        for clip_id in ids:
            frames = self.source.frames(clip_id, self.settings.px)
            number = self.moments[clip_id][0] if self.moments.get(clip_id) else len(frames) // 2
            shown.append(frames[min(number, len(frames) - 1)])
        return np.stack(shown)


def _targets(judge: Judge, names: Sequence[str]) -> Tensor:
    if missing := sorted(set(names) - set(judge.classes)):
        raise ValueError(f"the judge does not know {', '.join(missing)}: train it on the same classes")
    return torch.tensor([judge.classes.index(name) for name in names])


def _file_name(name: str) -> str:
    return name.lower().replace(", ", "-").replace(" ", "-")


def table(results: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a line per row, in their order: mean and deviation over seeds, in per cent, the paper's beside."""
    lines = []
    for name in dict.fromkeys(result["name"] for result in results):
        own = [result for result in results if result["name"] == name]
        r1, r5, fd = (np.array([result[key] for result in own]) for key in ("r1", "r5", "fd"))
        spread = float(100 * r1.std(ddof=1)) if len(own) > 1 else float("nan")
        line = {"row": name, "seeds": len(own), "R@1": 100 * r1.mean(), "±": spread, "R@5": 100 * r5.mean()}
        lines.append({**line, "FD": fd.mean(), "paper's R@1": own[0]["paper_r1"]})
    return lines


def as_markdown(lines: Sequence[Mapping[str, Any]]) -> str:
    """Return the table for a page."""
    names = ("row", "seeds", "R@1", "±", "R@5", "FD", "paper's R@1")
    cells = [[f"{line[n]:.1f}" if isinstance(line[n], float) else str(line[n]) for n in names] for line in lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in [list(names), ["---"] * len(names), *cells]) + "\n"
