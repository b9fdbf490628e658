"""A program that trains IC-GAN in small on one of several ranks and leaves each rank's generator beside the run."""

import os
import sys
from pathlib import Path

import torch

from s2s.data.ranks import Rank
from s2s.training.engine.device import open_device_context
from s2s.training.engine.loop import RunLength, RunPlan
from s2s.training.stages.generator_icgan import InstanceGanSettings, train_instance_gan
from tests.s2s.training.made_up_pictures import coloured_pictures, random_encoder

SETTINGS = InstanceGanSettings(
    resolution=64,
    channels=8,
    z_dim=20,
    shared_dim=8,
    k_nn=3,
    batch=4,
    average=0.5,
    average_start=1,
    augment="colour,translation,cutout",
    warm_up=0.5,
)

if __name__ == "__main__":
    torch.set_num_threads(1)
    out = Path(sys.argv[1])
    with open_device_context("cpu", precision="float32", rank=Rank.of(os.environ)) as device_context:
        painter = train_instance_gan(
            coloured_pictures(), random_encoder(), SETTINGS, RunPlan(out, RunLength(2), device_context)
        )
        torch.save(painter.state_dict(), out / f"painter-{device_context.rank.index}.pt")
