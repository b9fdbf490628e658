"""One batch of sounds as a random room has them, and what is true of the one or two things in each. Pure tensors."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from s2s.training.engine.distributed import all_gather_rows
from s2s.training.inputs.scene_sounds import RUNGS


@dataclass(frozen=True, slots=True)
class Heard:
    """One batch as the ears hear it, and what is true of it: of the first and the second sound of each, [b, 2].

    `inputs` [b, 1, bins, frames]; `labels` -1 where there is no such sound or it is no scene; `ladders` [b, 2, 4, d];
    `nearness` in 0..1; `hours` of the first [b], NaN where unknown; `behind` [b] labels of what may lie far behind.
    """

    inputs: Tensor
    labels: Tensor
    ladders: Tensor
    nearness: Tensor
    hours: Tensor
    behind: Tensor

    def of_all_ranks(self, device: torch.device) -> "Heard":
        """Return what is true of the batches of all ranks, rank 0's first, on `device`; without their inputs."""
        truth = (self.labels, self.ladders, self.nearness, self.hours, self.behind)
        return Heard(self.inputs[:0], *(all_gather_rows(one.to(device)) for one in truth))

    @property
    def targets(self) -> Tensor:
        """What f_V sees of each thing at its nearness, unit features [b, 2, d]; zeros where there is none."""
        rung = self.nearness * (RUNGS - 1)
        lower = rung.floor().long().clamp(0, RUNGS - 2)
        dim = self.ladders.shape[-1]
        far, near = (
            self.ladders.gather(2, (lower + up)[..., None, None].expand(-1, -1, 1, dim)).squeeze(2) for up in (0, 1)
        )
        return F.normalize(torch.lerp(far, near, (rung - lower)[..., None]), dim=-1)

    @property
    def dominant(self) -> Tensor:
        """Which of both is painted first, [b] of 0 and 1: the nearer scene, which sounds louder."""
        known = self.labels >= 0
        return torch.where(known, self.nearness, -1.0).argmax(dim=1)
