"""Films, bundles and judges made up for the tests of what is measured: random weights, pictures of 32 pixels."""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file

from s2s.data.corpus import Split
from s2s.models.judge import Judge
from s2s.models.thing_judge import ThingJudge
from tests.s2s.selection.clips import MadeUp, write_prepared

CLASSES = ("dog", "rain", "train")


class Labelled(MadeUp):
    """Clips of three classes; two in three are trained on."""

    def __init__(self, count: int, classes: tuple[str, ...] = CLASSES) -> None:
        super().__init__(count)
        self.classes = classes

    def split(self, clip_id: str) -> Split:
        return "test" if self.ids.index(clip_id) % 2 else "train"

    def label(self, clip_id: str) -> str:
        return self.classes[self.ids.index(clip_id) % len(self.classes)]


def write_films(folder: Path, count: int = 12, classes: tuple[str, ...] = CLASSES) -> Path:
    """Write prepared films of `classes`, half of them to test on; return their folder."""
    return write_prepared(folder, Labelled(count, classes), px=32, labelled=True)


def write_judge(folder: Path, classes: tuple[str, ...] = CLASSES) -> Path:
    """Write a classifier of random weights as `train judge` leaves one; return its folder."""
    folder.mkdir(parents=True)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        judge = Judge(classes)
    (folder / "judge.json").write_text(json.dumps({"architecture": "small", "classes": list(classes)}))
    save_file({name: value.contiguous() for name, value in judge.state_dict().items()}, folder / "judge.safetensors")
    return folder


def write_thing_judge(folder: Path) -> Path:
    """Write a judge of things of random weights as `train thing-judge` leaves one; return its folder."""
    folder.mkdir(parents=True)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        judge = ThingJudge()
    (folder / "thing_judge.json").write_text(json.dumps({"classes": list(judge.classes)}))
    save_file({k: v.contiguous() for k, v in judge.state_dict().items()}, folder / "thing_judge.safetensors")
    return folder
