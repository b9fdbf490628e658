"""Every claim, one after another, as far as there is what it needs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from s2s.bundle import Bundle
from s2s.evaluate.claims.blends import blend_is_monotone
from s2s.evaluate.claims.composition import picture_and_sound
from s2s.evaluate.claims.edits import edit_moves_size_alone
from s2s.evaluate.claims.inversions import found_again
from s2s.evaluate.claims.kept import KeptClaims
from s2s.evaluate.claims.measuring import ClaimSizes, Measuring
from s2s.evaluate.claims.mixtures import both_in_a_mix
from s2s.evaluate.claims.retrieval import sound_finds_picture
from s2s.evaluate.claims.unseen import LeftOut, unseen_land_among_kin
from s2s.evaluate.claims.volume import louder_is_larger
from s2s.evaluate.identity import fingerprint_of
from s2s.evaluate.report.model import Claim, Skipped
from s2s.models.thing_judge import ThingJudge
from s2s.training.inputs.moments import fingerprint


@dataclass(frozen=True, slots=True)
class _ClaimKind:
    """What a claim is called, which of `ClaimSizes` it is measured on, what measures it, and whether that needs f_V."""

    name: str
    size: str
    measure: Callable[[Measuring], Sequence[Claim | Skipped]]
    needs_pictures: bool = True


_KINDS: Final = (
    _ClaimKind("louder is larger", "louder_each", louder_is_larger, needs_pictures=False),
    _ClaimKind("both in a mix", "mixes", both_in_a_mix, needs_pictures=False),
    _ClaimKind("an edit moves the size and nothing else", "edited_each", edit_moves_size_alone),
    _ClaimKind("a blend is monotone", "blends", blend_is_monotone),
    _ClaimKind("a picture and a sound together", "composed", picture_and_sound),
    _ClaimKind("a sound finds a picture", "retrieved_each", sound_finds_picture),
    _ClaimKind("a picture is found again", "inverted", found_again),
)


def measure_claims(
    model: Bundle,
    judge: ThingJudge | None,
    kept: KeptClaims,
    *,
    seed: int = 0,
    sizes: ClaimSizes | None = None,
    left_out: LeftOut | None = None,
) -> Iterator[Claim | Skipped]:
    """Yield what is measured of the paper's section 5, or why it is not; minutes on one core. Needs OpenGL.

    `judge` is what `train thing-judge` left; `left_out` a model that was trained without some scenes. What `kept` knows
    of the same model, judge, seed and size is not measured again.
    """
    chosen = sizes or ClaimSizes()
    of = () if judge is None else (fingerprint_of(model.path), fingerprint(judge), seed, chosen.scenes)
    for kind in _KINDS:
        if judge is None:
            yield Skipped(kind.name, "needs a judge of things: `python -m s2s train thing-judge`")
        elif kind.needs_pictures and model.image_encoder is None:
            yield Skipped(kind.name, "needs a model with an image encoder: pictures have no place in this one")
        else:
            measuring = Measuring(model, judge, chosen, seed)
            yield from kept.once((kind.name, getattr(chosen, kind.size), *of), partial(kind.measure, measuring))
    yield from _unseen(left_out, kept, chosen, seed)


def _unseen(left_out: LeftOut | None, kept: KeptClaims, sizes: ClaimSizes, seed: int) -> Sequence[Claim | Skipped]:
    measure = partial(unseen_land_among_kin, left_out, sizes, seed)
    if left_out is None:
        return measure()
    of = (fingerprint_of(left_out.model.path), left_out.scenes, left_out.of)
    return kept.once(("unseen classes of a model", sizes.unseen_each, *of, seed), measure)
