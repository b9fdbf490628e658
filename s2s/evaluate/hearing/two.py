"""Two things at once: are both named, and does a judge of things find both in what is painted after them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from s2s.bundle import Bundle
from s2s.evaluate.hearing.ears import Answers, Ears, NamedSources
from s2s.evaluate.hearing.intervals import Share, share_by_recording
from s2s.evaluate.hearing.mixes import Mix, composed
from s2s.evaluate.picture_parts import things_in_parts
from s2s.evaluate.thing_metrics import read
from s2s.models.memory_generator import Beside, MemoryGenerator
from s2s.models.thing_judge import ThingJudge
from s2s.sampling.generate import as_pixels
from s2s.world.painter import Painter
from s2s.world.state import SCENES, SceneState

Pictures = NDArray[np.uint8]
Z_SEED: Final = 11
_AT_ONCE: Final = 32
_Look = Callable[[ThingJudge, Pictures], torch.Tensor]


@dataclass(frozen=True, slots=True, eq=False)
class TwoReport:
    """What was made of `mixes`: shares by what was asked, the names given to each, and pictures where any are.

    `own` are the world's own pictures of both, where it knows them; `judged` and `judged_own` the three things that
    the judge finds likeliest in each picture.
    """

    mixes: Sequence[Mix]
    named: Sequence[tuple[str, ...]]
    painted: Pictures
    own: Pictures | None
    judged: Sequence[tuple[str, ...]] = ()
    judged_own: Sequence[tuple[str, ...]] = ()
    shares: dict[str, Share] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return {name: share.as_dict() for name, share in self.shares.items()}


def hear_two(ears: Ears, mixes: Sequence[Mix], judge: ThingJudge | None, told: str) -> TwoReport:
    """Play `mixes` to `ears`, paint what is heard, and let `judge` look; mixes are all of the world, or none is."""
    answers = ears.hear(np.stack([mix.sound for mix in mixes]), told)
    painted = paint_heard(ears.model, answers)
    own = _own_pictures(mixes, ears.model)
    named = answers.nearest.best(2) if answers.sources is None else answers.sources.named()
    found, found_in_own = (_judged(judge, pictures, _looking_at_wholes) for pictures in (painted, own))
    shares = _named_shares(mixes, answers) | _found_shares(mixes, found, found_in_own)
    in_parts, own_in_parts = (_judged(judge, pictures, things_in_parts) for pictures in (painted, own))
    shares |= _found_shares(mixes, in_parts, own_in_parts, "judge, looking at parts too")
    return TwoReport(mixes, named, painted, own, found, found_in_own, shares)


@torch.inference_mode()
def paint_heard(model: Bundle, answers: Answers, seed: int = Z_SEED) -> Pictures:
    """Return one picture [n, h, w, 3] of each sound: of two named things where the model can paint both, else of h."""
    G = model.generator
    z = torch.randn(len(answers.h), G.z_dim, generator=torch.Generator().manual_seed(seed))
    if answers.sources is None or not (isinstance(G, MemoryGenerator) and model.paints_two):
        chunks = zip(z.split(_AT_ONCE), answers.h.split(_AT_ONCE), strict=True)
        return as_pixels(torch.cat([G(few, h).cpu() for few, h in chunks]))
    place, over, weight = _two_of(answers.h, answers.sources)
    rows = zip(*(one.to(model.device).split(_AT_ONCE) for one in (z, place, over, weight)), strict=True)
    return as_pixels(torch.cat([G(few, h, None, Beside(second, there)).cpu() for few, h, second, there in rows]))


def _two_of(h: torch.Tensor, sources: NamedSources) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return, for each sound, what owns the place [n, d], what is beside it [n, d], and whether that is there [n]."""
    place, over, weight = h.clone(), h.clone(), torch.zeros(len(h))
    for row, names in enumerate(sources.named()):
        if (order := composed(names)) is not None:
            place[row], over[row] = (sources.seen[row, number] for number in order)
            weight[row] = 1.0
    return place, over, weight


def _own_pictures(mixes: Sequence[Mix], model: Bundle) -> Pictures | None:
    """Return the world's pictures of both things [n, h, w, 3], as large as the model's; None for recordings."""
    moments: list[tuple[SceneState, SceneState]] = []
    for mix in mixes:
        first, second = mix.first.state, mix.second.state
        if first is None or second is None:
            return None
        moments.append((first, second))
    with Painter(model.generator.height, width_px=model.generator.width) as painter:
        return painter.paint_layers(moments)


def _looking_at_wholes(judge: ThingJudge, pictures: Pictures) -> torch.Tensor:
    return read(judge, pictures).logits


def _judged(judge: ThingJudge | None, pictures: Pictures | None, look: _Look) -> list[tuple[str, ...]]:
    """Return the three things of the world, `none` left out, that `judge` finds likeliest in each picture."""
    if judge is None or pictures is None:
        return []
    columns = [judge.classes.index(scene) for scene in SCENES]
    likeliest = look(judge, pictures)[:, columns].topk(3, dim=1).indices
    return [tuple(SCENES[number] for number in row) for row in likeliest.tolist()]


def _named_shares(mixes: Sequence[Mix], answers: Answers) -> dict[str, Share]:
    likeliest = {way: ranking.best(2) for way, ranking in answers.ways.items()}
    named = {f"{way}, the two likeliest": names for way, names in likeliest.items()}
    if answers.sources is not None:
        named["source heads, as named"] = answers.sources.named()
    shares = {f"both: {way}": _both(mixes, names) for way, names in named.items()}
    first = {way: ranking.best(1) for way, ranking in answers.ways.items()}
    return shares | {f"first is one of them: {way}": _any_of(mixes, names) for way, names in first.items()}


def _found_shares(
    mixes: Sequence[Mix], painted: Sequence[tuple[str, ...]], own: Sequence[tuple[str, ...]], by: str = "judge"
) -> dict[str, Share]:
    """Return what a judge finds in the model's pictures and, as a bound, in the world's own.

    It learnt from pictures of one thing: where it does not find both in the world's own, it can hardly in the model's.
    """
    shares: dict[str, Share] = {}
    for picture, found in (("the model's picture", painted), ("the world's own picture", own)):
        if found:
            shares[f"{by}: both are the two likeliest, {picture}"] = _both(mixes, [names[:2] for names in found])
            shares[f"{by}: both among the three likeliest, {picture}"] = _both(mixes, found)
            shares[f"{by}: the likeliest is one of them, {picture}"] = _any_of(mixes, [names[:1] for names in found])
    clear = [number for number, names in enumerate(own) if set(mixes[number].scenes) == set(names[:2])]
    if clear and painted:
        of_clear = _both([mixes[number] for number in clear], [painted[number][:2] for number in clear])
        shares[f"{by}: both are the two likeliest, the model's picture, where so in the world's own"] = of_clear
    return shares


def _both(mixes: Sequence[Mix], names: Sequence[tuple[str, ...]]) -> Share:
    return _share(mixes, [set(mix.scenes) <= set(few) for mix, few in zip(mixes, names, strict=True)])


def _any_of(mixes: Sequence[Mix], names: Sequence[tuple[str, ...]]) -> Share:
    return _share(mixes, [bool(set(mix.scenes) & set(few)) for mix, few in zip(mixes, names, strict=True)])


def _share(mixes: Sequence[Mix], right: Sequence[bool]) -> Share:
    """Return the share of mixes, whose two recordings, or takes, are each shared with others."""
    firsts, seconds = [mix.first.recording for mix in mixes], [mix.second.recording for mix in mixes]
    return share_by_recording(np.array(right), firsts, seconds)
