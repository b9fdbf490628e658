"""Every claim, one after another, as far as there is what it needs."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from s2s.bundle import Bundle
from s2s.evaluate.claims.blends import blend_is_monotone
from s2s.evaluate.claims.composition import picture_and_sound
from s2s.evaluate.claims.edits import edit_moves_size_alone
from s2s.evaluate.claims.inversions import found_again
from s2s.evaluate.claims.measuring import ClaimSizes, Measuring
from s2s.evaluate.claims.mixtures import both_in_a_mix
from s2s.evaluate.claims.retrieval import sound_finds_picture
from s2s.evaluate.claims.unseen import LeftOut, unseen_land_among_kin
from s2s.evaluate.claims.volume import louder_is_larger
from s2s.evaluate.report.model import Claim, Skipped
from s2s.models.thing_judge import ThingJudge

_MEASURED: Final[tuple[tuple[str, bool, Callable[[Measuring], Sequence[Claim | Skipped]]], ...]] = (
    ("louder is larger", False, louder_is_larger),
    ("both in a mix", False, both_in_a_mix),
    ("an edit moves the size and nothing else", True, edit_moves_size_alone),
    ("a blend is monotone", True, blend_is_monotone),
    ("a picture and a sound together", True, picture_and_sound),
    ("a sound finds a picture", True, sound_finds_picture),
    ("a picture is found again", True, found_again),
)
"""What each is called, whether it needs f_V, and what measures it."""


def measure_claims(
    model: Bundle,
    judge: ThingJudge | None,
    *,
    seed: int = 0,
    sizes: ClaimSizes | None = None,
    left_out: LeftOut | None = None,
) -> Iterator[Claim | Skipped]:
    """Yield what is measured of the paper's section 5, or why it is not; minutes on one core. Needs OpenGL.

    `judge` is what `train thing-judge` left; `left_out` a model that was trained without some scenes.
    """
    chosen = sizes or ClaimSizes()
    for name, needs_pictures, measure in _MEASURED:
        if judge is None:
            yield Skipped(name, "needs a judge of things: `python -m s2s train thing-judge`")
        elif needs_pictures and model.image_encoder is None:
            yield Skipped(name, "needs a model with an image encoder: pictures have no place in this one")
        else:
            yield from measure(Measuring(model, judge, chosen, seed))
    yield from unseen_land_among_kin(left_out, chosen, seed)
