"""Figures 4, 6, 7 and 8: what is painted of sounds as they are, louder and softer, mixed, and fading into each other.

All are painted as the show paints (`s2s.evaluate.heard_pictures`): rows share their noise.
"""

from collections.abc import Sequence
from typing import Final

from torch import Tensor

from s2s.bundle import Bundle
from s2s.evaluate.figures.material import FigureMaterial, LabelledClip, spread
from s2s.evaluate.figures.sheet import Sheet, gain_name, heard_cell, side_by_side, sound_name
from s2s.evaluate.heard_pictures import Pictures, hear_all, paint_all
from s2s.media.montage import Pixels, captioned_sheet
from s2s.sampling.figures.sweeps import Step, mixing_steps, opposing_steps, volume_steps
from s2s.sampling.manipulate import Sound, at_level, mix
from s2s.sampling.noise import draw_noise

_GAINS_DB: Final = (-24.0, -16.0, -8.0, 0.0, 8.0)
_LEVEL_DBFS: Final = -26.0  # of each part of a mix: equally loud
_NOISES: Final = 4
_MOST_CLASSES: Final = 28
_ROWS: Final = 6
_STEPS: Final = 6
_TRIED: Final = 40


def single_sounds(model: Bundle, material: FigureMaterial) -> Sheet:
    """Figure 4: one sound of each class, and pictures of it by several noises."""
    clips = [material.first(label) for label in spread(material.labels, _MOST_CLASSES)]
    heard = hear_all(model, [clip.sound for clip in clips])
    z = draw_noise(_NOISES, model.generator.z_dim, seed=material.seed)
    columns = [paint_all(model, heard, noise[None]) for noise in z]
    rows = [
        [heard_cell(clip.sound, model), *(column[number] for column in columns)] for number, clip in enumerate(clips)
    ]
    half = -(-len(rows) // 2) if len(rows) > 3 else len(rows)
    heads = ["the sound", *(f"noise {number + 1}" for number in range(_NOISES))]
    blocks = [(clips[start : start + half], rows[start : start + half]) for start in range(0, len(rows), half)]
    sheet = side_by_side([_block(few, some, heads) for few, some in blocks])
    caption = f"One sound of each of {len(clips)} classes, {material.told}, and what {_NOISES} noises make of it."
    return Sheet(sheet, caption, {sound_name(clip.label): clip.sound for clip in clips})


def volumes(model: Bundle, material: FigureMaterial) -> Sheet:
    """Figure 6: a sound made softer and louder, painted with one noise."""
    clips = material.some(material.shown.louder, _ROWS)
    steps = [volume_steps(clip.sound, _GAINS_DB) for clip in clips]
    pictures = [_painted(model, row, _noise(model, material, number)) for number, row in enumerate(steps)]
    rows = [[heard_cell(clip.sound, model), *row] for clip, row in zip(clips, pictures, strict=True)]
    heads = ["the sound", *(step.caption for step in steps[0])]
    sheet = _block(clips, rows, heads)
    sounds = {
        sound_name(clip.label, gain_name(gain)): step.sound
        for clip, row in zip(clips, steps, strict=True)
        for gain, step in zip(_GAINS_DB, row, strict=True)
        if gain in (_GAINS_DB[0], 0.0)
    }
    caption = (
        "One sound a row, from far softer to louder than it is, each row painted with one noise: what is seen should "
        "grow with the sound, larger, nearer or wilder."
    )
    return Sheet(sheet, caption, sounds)


def mixtures(model: Bundle, material: FigureMaterial) -> Sheet:
    """Figure 7: two sounds alone and together. Of a model that names things, mixtures first of which it names both."""
    pairs = material.pairs(material.shown.mixed, _TRIED)
    caption = (
        "Two sounds, equally loud, each alone and both together, painted with one noise a row: of a mixture both are "
        "to be seen."
    )
    if model.source_heads is not None:
        heard = hear_all(model, [mix(list(_equally_loud(pair).values())) for pair in pairs])
        named = [set(names) == {clip.label for clip in pair} for names, pair in zip(heard.named, pairs, strict=True)]
        caption += f" Of {len(pairs)} mixtures tried the model names both in {sum(named)}; such are shown first."
        pairs = [pairs[row] for row in sorted(range(len(pairs)), key=lambda row: not named[row])]
    return mixing_sheet(model, material.seed, pairs[:_ROWS], caption)


def opposing_volumes(model: Bundle, material: FigureMaterial) -> Sheet:
    """Figure 8: one sound going while another comes."""
    pairs = material.pairs(material.shown.opposing, 3)
    steps = [opposing_steps(_equally_loud(pair), _STEPS) for pair in pairs]
    rows: list[list[Pixels]] = []
    captions: list[str] = []
    sounds: dict[str, Sound] = {}
    for number, (pair, row) in enumerate(zip(pairs, steps, strict=True)):
        words = " to ".join(clip.label for clip in pair)
        rows += [
            [heard_cell(step.sound, model) for step in row],
            [*_painted(model, row, _noise(model, material, number))],
        ]
        captions += [words.replace(" to ", "\nto "), ""]
        sounds |= {
            sound_name(words, str(place + 1)): step.sound
            for place, step in enumerate(row)
            if place in (0, _STEPS // 2, _STEPS - 1)
        }
    sheet = captioned_sheet(rows, row_captions=captions, column_captions=[step.caption for step in steps[0]])
    caption = (
        "Two sounds in one: from left to right the first fades while the second comes, above as heard, below as "
        "painted with one noise."
    )
    return Sheet(sheet, caption, sounds)


def mixing_sheet(model: Bundle, seed: int, pairs: Sequence[Sequence[LabelledClip]], caption: str) -> Sheet:
    """Return a row a pair of clips: each alone and both together, as heard and as painted with one noise."""
    rows: list[list[Pixels]] = []
    sounds: dict[str, Sound] = {}
    names = []
    for number, pair in enumerate(pairs):
        row = mixing_steps(_equally_loud(pair))
        pictures = _painted(model, row, draw_noise(1, model.generator.z_dim, seed=seed + number))
        names.append(row[-1].caption)
        rows.append(
            [
                cell
                for step, picture in zip(row, pictures, strict=True)
                for cell in (heard_cell(step.sound, model), picture)
            ]
        )
        sounds |= {sound_name(step.caption): step.sound for step in row}
    heads = ["one", "painted", "the other", "painted", "both", "painted"]
    return Sheet(captioned_sheet(rows, row_captions=names, column_captions=heads), caption, sounds)


def _equally_loud(pair: Sequence[LabelledClip]) -> dict[str, Sound]:
    return {clip.label: at_level(clip.sound, _LEVEL_DBFS) for clip in pair}


def _painted(model: Bundle, steps: Sequence[Step], z: Tensor) -> Pictures:
    return paint_all(model, hear_all(model, [step.sound for step in steps]), z)


def _noise(model: Bundle, material: FigureMaterial, row: int) -> Tensor:
    return draw_noise(1, model.generator.z_dim, seed=material.seed + row)


def _block(clips: Sequence[LabelledClip], rows: Sequence[Sequence[Pixels]], heads: Sequence[str]) -> Pixels:
    return captioned_sheet(rows, row_captions=[clip.label for clip in clips], column_captions=heads)
