"""Marks by which a memory's keys tell what they show, so that a sound that is named recalls moments of its name.

f_V sees a sky with something in it, and that an aeroplane is no helicopter hardly counts; the ears know. So each thing
gets a mark, a direction of the space in which f_V's features hardly lie: the moments that show the thing carry it in
their keys, and the heads put it on what they see of the thing. What is asked for without a name, a photograph or the
whole sound, recalls what it did: the cosine with a key is what it was. Nothing is trained.
"""

from collections.abc import Sequence
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor

from s2s.models.memory_generator import MemoryGenerator
from s2s.models.source_heads import SourceHeads

APART: Final = 0.1
"""So much farther from a named h, in 1 - cosine, lies a moment that shows another thing than one that shows the same
and is seen alike. A moment of the same thing is recalled from 0.05 to 0.2; what ears see of a thing under a louder one
may lie much nearer to another.
"""
_LEAST_TOGETHER: Final = 0.5
"""Of the keys: so many lie nearest to the mean of what shows the same thing, or what they show is told wrongly."""


def draw_marks(keys: Tensor, count: int, apart: float = APART) -> Tensor:
    """Return marks [count, d] for the heads: the directions in which unit keys [n, d] lie least, each of such a length
    that another thing's moments lie `apart` farther.

    Raises ValueError where there are more things than directions.
    """
    if count > keys.shape[1]:
        raise ValueError(f"a space of {keys.shape[1]} directions has no marks for {count} things")
    of_all = keys.double().T @ keys.double()
    directions = torch.linalg.eigh(of_all).eigenvectors[:, :count].T  # eigenvalues rise
    # A direction's sign is anybody's choice: the largest of its numbers shall be positive, on every machine.
    largest = directions.gather(1, directions.abs().argmax(dim=1, keepdim=True))
    length = (1.0 / (1.0 - apart) ** 2 - 1.0) ** 0.5
    marks: Tensor = directions * largest.sign() * length
    return marks.float()


def marked(keys: Tensor, marks: Tensor, shown: Tensor) -> Tensor:
    """Return keys [n, d] with so much of the marks of what they show, int64 `shown` [n], as makes up for what the mark
    takes from the rest of a unit h: what is seen alike lies at no distance still. They are a little longer than 1.
    """
    return keys + _in_keys(marks)[shown]


def marked_as_all(keys: Tensor, marks: Tensor) -> Tensor:
    """Return keys [n, d] with all marks: what they show has none of the names, and is found under each alike."""
    return keys + _in_keys(marks).sum(dim=0)


def _in_keys(marks: Tensor) -> Tensor:
    squares = marks.square().sum(dim=1, keepdim=True)
    shares: Tensor = ((1.0 + squares).sqrt() - 1.0) / squares
    return shares * marks


def carry_marks(
    generator: MemoryGenerator, heads: SourceHeads, alone: Sequence[str], two: Sequence[tuple[str, str]]
) -> None:
    """Put the marks of `heads` on the keys of `generator`: of moments of one thing, which show scenes `alone`, and of
    moments of `two`; either may be left out, where it has marks already.

    Raises ValueError where keys do not lie as what they are said to show would.
    """
    of_two = zip(generator.pair_keys, zip(*two, strict=True), strict=True) if two else ()
    for keys, scenes in [*([(generator.keys, alone)] if alone else []), *of_two]:
        shown = numbers_of(scenes, heads.names)
        check_shown(keys.cpu(), shown)
        keys.copy_(marked(keys.cpu(), heads.marks.cpu(), shown))


def numbers_of(scenes: Sequence[str], names: Sequence[str]) -> Tensor:
    """Return which of `names` each of `scenes` is, int64 [n]. Raises ValueError for one that has no name."""
    numbers = {name: number for number, name in enumerate(names)}
    if unknown := sorted({*scenes} - {*names}):
        raise ValueError(f"expected moments of things that the ears name, got some of {', '.join(unknown)}")
    return torch.tensor([numbers[scene] for scene in scenes])


def check_shown(keys: Tensor, shown: Tensor) -> None:
    """Raise ValueError unless unit keys [n, d] lie together by what they are said to show, `shown` [n]."""
    kinds = F.one_hot(shown).to(keys)
    means = F.normalize(kinds.T @ keys, dim=1)
    together = float((((keys @ means.T).argmax(dim=1)) == shown).float().mean())
    if together < _LEAST_TOGETHER:
        raise ValueError(
            f"expected the world's moments, its scenes in turn: of this memory's {together:.0%} lie nearest to the "
            f"others of their scene"
        )
