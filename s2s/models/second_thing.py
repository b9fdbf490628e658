"""When a second thing is there: by what parts of a sound say alone, and by which thing is the likeliest in the whole.

A bark in rain leaves gaps in which rain alone is heard, and is plainer in the moment of the bark than in ten seconds.
"""

from collections.abc import Sequence
from typing import Final

import torch
from torch import Tensor, nn

OF_WINDOWS: Final = ("largest", "mean", "least")
"""What is kept of a name's logits in all windows of one length."""


class SecondThing(nn.Module):
    """Weighs every one of `num_sources` names as the second, given the likeliest; linear in what is read of a sound.

    `windows` are the lengths of the parts that were read alone, in columns of the feature map; `by_namer` says that a
    network of its own has been asked what is beside the likeliest.
    """

    def __init__(self, num_sources: int, windows: Sequence[int], *, by_namer: bool = False) -> None:
        super().__init__()
        self.num_sources, self.windows, self.by_namer = num_sources, tuple(windows), by_namer
        self.register_buffer("weights", torch.zeros(num_sources, self.num_rows))
        self.register_buffer("after", torch.zeros(num_sources, num_sources))
        self.weights: Tensor
        self.after: Tensor

    @property
    def num_rows(self) -> int:
        """How many numbers a second thing is weighed by: every name's logits, and how strange the sound is."""
        return self.num_sources * (1 + len(OF_WINDOWS) * len(self.windows) + self.by_namer) + 1

    @property
    def own_places(self) -> list[int]:
        """Where in a row the logits lie that speak for a name itself: first of the whole, then the largest of each
        length of window, last what the namer says; one name's lies as far from there as its number says.
        """
        parts = len(OF_WINDOWS) * len(self.windows)
        places = [0, *range(1, 1 + parts, len(OF_WINDOWS)), *([1 + parts] if self.by_namer else [])]
        return [self.num_sources * place for place in places]

    def rows(self, logits: Tensor, in_windows: Tensor, distance: Tensor, beside: Tensor | None = None) -> Tensor:
        """Return what a second thing is weighed by, [b, `num_rows`]; arguments as a `SourceReading` has them."""
        assert (beside is not None) == self.by_namer, "expected what the namer says where there is one, and only there"
        by_namer = [] if beside is None else [beside]
        return torch.cat([logits, in_windows, *by_namer, distance.log()[:, None]], dim=1)

    def forward(self, rows: Tensor, likeliest: Tensor) -> Tensor:
        """Return the logit [b, n] of each thing being there beside number `likeliest` [b], whose own means nothing."""
        return rows @ self.weights.T + self.after[likeliest]
