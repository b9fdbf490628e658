"""Figure 12: sounds of classes that a model was trained without, and what it makes of them. Needs OpenGL."""

from typing import Final

from s2s.bundle import Bundle
from s2s.evaluate.claims.measuring import FIRST_SEED, sound_of
from s2s.evaluate.claims.unseen import LeftOut
from s2s.evaluate.figures.material import CannotDrawError, FigureMaterial
from s2s.evaluate.figures.sheet import Sheet, heard_cell, sound_name
from s2s.evaluate.heard_pictures import Pictures, hear_all, paint_all
from s2s.media.montage import captioned_sheet
from s2s.sampling.noise import draw_noise
from s2s.world.painter import Painter
from s2s.world.state import SceneState

_TAKES: Final = 8  # in all
_OF: Final = 13  # takes of a scene, of which those are shown that are seen best
_NOISES: Final = 3
_NEAR, _NOON = 0.6, 12.0
_CAPTION: Final = (
    "Sounds of scenes that a model was trained without ({scenes}), beside the pictures of theirs that it never saw; "
    "what it paints of them with {noises} noises; and the scene that it knows, of {known}, whose pictures lie nearest "
    "to the sound. {takes} takes are shown, those that are seen best. The model is {name}, not the one of this report."
)


def unseen_classes(model: Bundle, material: FigureMaterial) -> Sheet:  # noqa: ARG001 - figures are drawn alike
    """Draw what a model that was trained without some scenes paints of their sounds, and where these land."""
    if (left_out := material.left_out) is None:
        raise CannotDrawError("needs a model that was trained without some scenes (--left-out)")
    by, takes = left_out.model, _best_seen(left_out, material.seed)
    sounds = [sound_of(take) for take in takes]
    heard = hear_all(by, sounds)
    landed = left_out.lands_on(heard.whole.cpu(), left_out.directions(left_out.known))
    own, known = _drawn(by, takes), _drawn(by, [SceneState(scene, FIRST_SEED, _NEAR, _NOON) for scene in landed])
    z = draw_noise(_NOISES, by.generator.z_dim, seed=material.seed)
    painted = [paint_all(by, heard, noise[None]) for noise in z]
    cells = [heard_cell(sound, by) for sound in sounds]
    rows = list(zip(cells, own, *painted, known, strict=True))
    sheet = captioned_sheet(
        rows,
        row_captions=[f"{take.scene}\nlands on {scene}" for take, scene in zip(takes, landed, strict=True)],
        column_captions=["the sound", "never seen", *(f"noise {number + 1}" for number in range(_NOISES)), "lands on"],
    )
    names = [sound_name(f"{take.scene} {take.seed}") for take in takes]
    return Sheet(sheet, _caption(left_out, len(takes)), dict(zip(names, sounds, strict=True)))


def _best_seen(left_out: LeftOut, seed: int) -> list[SceneState]:
    """Return takes of every left-out scene, near and by day."""
    each = max(1, _TAKES // len(left_out.scenes))
    ranked = [sorted(left_out.takes(scene, _OF, seed), key=_from_well_shown)[:each] for scene in left_out.scenes]
    return [take for takes in ranked for take in takes][:_TAKES]


def _from_well_shown(take: SceneState) -> float:
    return abs(take.nearness - _NEAR) + abs(take.hour - _NOON) / 24.0


def _drawn(model: Bundle, takes: list[SceneState]) -> Pictures:
    with Painter(model.generator.height, width_px=model.generator.width) as painter:
        return painter.paint(takes)


def _caption(left_out: LeftOut, takes: int) -> str:
    card, known = left_out.model.card, len(left_out.known)
    scenes, name = ", ".join(left_out.scenes), f"{card.name} {card.version}"
    return _CAPTION.format(scenes=scenes, noises=_NOISES, known=known, takes=takes, name=name)
