"""The paper's table 2 in a few steps: every row is trained and judged once, kept, and set beside the paper's number."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from s2s.data.corpus import Split
from s2s.evaluate.paper.ablation import ROWS, Ablation, AblationSettings, Judges, as_markdown, table
from s2s.models.image_encoder import ImageEncoder
from s2s.models.light_generator import LightGenerator
from s2s.training.engine.device import DeviceContext
from s2s.training.stages.judge import Judge
from tests.s2s.selection.clips import MadeUp

pytestmark = pytest.mark.heavy

TINY = AblationSettings(steps=1, seeds=2, width=4, batch=4, hop_samples=318, px=64)
"""One step of the smallest networks: what is asked is that all rows run, not that they learn."""


class ThreeSplits(MadeUp):
    """Made-up clips with classes, some of them to test on."""

    def split(self, clip_id: str) -> Split:
        return "test" if self.ids.index(clip_id) % 3 == 2 else "train"

    def label(self, clip_id: str) -> str:
        return ("rain", "sea")[self.ids.index(clip_id) % 2]


@pytest.fixture
def ablation(tmp_path: Path) -> Ablation:
    torch.manual_seed(0)
    source = ThreeSplits(12)
    moments = dict.fromkeys(source.ids, (1, 0))
    encoder = ImageEncoder(4).eval()
    generator = LightGenerator(32, 32, 8, (8, 8, 8, 8)).eval()
    judges = Judges(encoder, generator, Judge(("rain", "sea")).eval())
    return Ablation(source, moments, judges, TINY, tmp_path)


def test_every_row_is_trained_for_every_seed_judged_and_kept(ablation: Ablation, tmp_path: Path) -> None:
    results = list(ablation.rows(DeviceContext(precision="float32")))
    assert len(results) == len(ROWS) * 2
    assert all(0.0 <= result["r1"] <= result["r5"] <= 1.0 and result["fd"] >= 0.0 for result in results)
    assert sorted(path.name for path in (tmp_path / "pairs").iterdir()) == [
        "middle-10s",
        "top1-10s",
        "top1-1s",
        "top1-5s",
    ]
    kept = next(tmp_path.glob("l2-seed0/result.json"))
    changed = {**json.loads(kept.read_text()), "r1": 0.123}
    kept.write_text(json.dumps(changed))
    assert next(ablation.rows(DeviceContext(precision="float32")))["r1"] == 0.123  # it was read, not trained again


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ("judge", "the judge does not know sea: train it on the same classes"),
        ("classes", "4 of 4 clips of the test split have no class"),
        ("split", "no clips of the test split"),
    ],
)
def test_what_cannot_be_judged_is_refused_before_anything_is_trained(
    ablation: Ablation, tmp_path: Path, change: str, refusal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if change == "judge":
        ablation = replace(ablation, judges=replace(ablation.judges, judge=Judge(("rain", "bell")).eval()))
    elif change == "classes":
        monkeypatch.setattr(ThreeSplits, "label", lambda *_: None)
    else:
        monkeypatch.setattr(ThreeSplits, "split", lambda *_: "train")
    with pytest.raises(ValueError, match=refusal):
        next(ablation.rows(DeviceContext(precision="float32")))
    assert list(tmp_path.iterdir()) == []


def test_a_line_of_the_table_is_the_mean_over_seeds_beside_the_papers() -> None:
    results = [
        {"name": "L2", "paper_r1": 18.21, "r1": r1, "r5": 0.5, "fd": 2.0, "seed": seed}
        for seed, r1 in enumerate((0.1, 0.2, 0.3))
    ]
    (line,) = table(results)
    assert line["R@1"] == pytest.approx(20.0) and line["±"] == pytest.approx(10.0)
    assert line["seeds"] == 3 and line["paper's R@1"] == 18.21
    assert "| L2 | 3 | 20.0 | 10.0 | 50.0 | 2.0 | 18.2 |" in as_markdown([line])


def test_the_papers_orders_are_in_the_rows() -> None:
    paper = {row.name: row.paper_r1 for row in ROWS}
    assert paper["L2"] < paper["L_nce"] < paper["L_total, top-1 frame, 10 s"]
    assert paper["L_total, 1 s"] < paper["L_total, 5 s"] < paper["L_total, top-1 frame, 10 s"]
    assert np.argmax(list(paper.values())) == len(paper) - 1
