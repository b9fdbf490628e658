"""Figures 9, 11, S7 and S8: pictures and sounds that meet in the latent space (paper, section 5.2)."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from s2s.bundle import Bundle
from s2s.evaluate.figures.material import CannotDrawError, FigureMaterial, Gallery, LabelledClip
from s2s.evaluate.figures.sheet import Sheet, gain_name, heard_cell, sound_name
from s2s.evaluate.heard_pictures import see
from s2s.media.montage import Pixels, captioned_sheet
from s2s.sampling.embed import embed_sound
from s2s.sampling.figures.latent_strip import blended, edited, paint_latents
from s2s.sampling.inversion.cache import cached
from s2s.sampling.inversion.search import InversionSettings
from s2s.sampling.manipulate import Sound, at_volume
from s2s.sampling.noise import draw_noise

_BLENDS: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
_EDITS: Final = (-2.0, -1.0, 0.0, 1.0, 2.0)
_QUIETER_DB: Final = -20.0
_CONDITIONED: Final = 0.5
_SEARCH: Final = InversionSettings(screened=64, restarts=2, max_steps=150)
_ROWS: Final = 4
_NOISES: Final = 4


def image_with_sound(model: Bundle, material: FigureMaterial) -> Sheet:
    """Figure 9: from a sound to a picture, painted on the way."""
    pairs = _pictured_pairs(model, material, material.shown.blended)
    z = draw_noise(1, model.generator.z_dim, seed=material.seed)
    rows = []
    for image, sound in pairs:
        way = blended(see(model, _picture(image)[None]), embed_sound(model, sound.sound).cpu())
        strip = paint_latents(model, z, way, _BLENDS[::-1])
        rows.append([_picture(image), *strip.pictures, heard_cell(sound.sound, model)])
    sheet = captioned_sheet(
        rows,
        row_captions=[f"{image.label}\nwith {sound.label}" for image, sound in pairs],
        column_captions=["the picture", *(f"λ {amount:g}" for amount in _BLENDS[::-1]), "the sound"],
    )
    caption = (
        "A picture and a sound in one: at λ 1 what the model sees in the picture alone, at λ 0 the sound alone, in "
        "between the sound's scene enters the picture's. One noise throughout."
    )
    return Sheet(sheet, caption, {sound_name(sound.label): sound.sound for _, sound in pairs})


def edited_by_volume(model: Bundle, material: FigureMaterial) -> Sheet:
    """Figure 11: a picture found again in the generator, moved as its sound grows softer and louder."""
    return _edited(model, material, material.shown.edited or material.labels[:2])


def edited_by_volume_more(model: Bundle, material: FigureMaterial) -> Sheet:
    """Figure S7: the same of other pictures."""
    return _edited(model, material, material.shown.edited_more or material.labels[1::2])


def conditioned_and_nearest(model: Bundle, material: FigureMaterial) -> Sheet:
    """Figure S8: pictures of a picture and a sound together, over the training pictures that lie nearest to them."""
    if material.gallery is None:
        raise CannotDrawError("needs the pictures that the model was trained on, to show those nearest to new ones")
    pairs = _pictured_pairs(model, material, material.shown.conditioned)
    z = draw_noise(_NOISES, model.generator.z_dim, seed=material.seed)
    rows: list[list[Pixels]] = []
    captions: list[str] = []
    for image, sound in pairs:
        way = blended(see(model, _picture(image)[None]), embed_sound(model, sound.sound).cpu())
        painted = [paint_latents(model, noise, way, [_CONDITIONED]).pictures[0] for noise in z[:, None]]
        nearest = [_nearest(model, picture, material.gallery) for picture in painted]
        rows += [[_picture(image), *painted], [heard_cell(sound.sound, model), *nearest]]
        captions += [f"{image.label} with {sound.label}", "nearest training\npictures"]
    heads = ["picture, sound", *(f"noise {number + 1}" for number in range(_NOISES))]
    sheet = captioned_sheet(rows, row_captions=captions, column_captions=heads)
    caption = (
        f"A picture and a sound, half and half (λ {_CONDITIONED:g}), painted with {_NOISES} noises; under each picture "
        "that one of the training pictures which lies nearest to it for the image encoder."
    )
    return Sheet(sheet, caption, {sound_name(sound.label): sound.sound for _, sound in pairs})


def _edited(model: Bundle, material: FigureMaterial, labels: Sequence[str]) -> Sheet:
    clips = [clip for clip in material.some(labels, 3) if clip.picture is not None]
    _need(model, clips)
    rows, sounds = [], dict[str, Sound]()
    for clip in clips:
        inverted = cached(model, _picture(clip), _SEARCH, seed=material.seed)
        louder, quieter = clip.sound, at_volume(clip.sound, _QUIETER_DB)
        h_louder, h_quieter = (embed_sound(model, sound).cpu() for sound in (louder, quieter))
        strip = paint_latents(model, inverted.z, edited(inverted.h, h_louder, h_quieter), _EDITS)
        rows.append([_picture(clip), *strip.pictures, heard_cell(clip.sound, model)])
        sounds |= {
            sound_name(clip.label, gain_name(gain)): some for gain, some in ((0.0, louder), (_QUIETER_DB, quieter))
        }
    heads = ["the picture", *(f"λ {amount:+g}" if amount else "found again" for amount in _EDITS), "the sound"]
    sheet = captioned_sheet(rows, row_captions=[clip.label for clip in clips], column_captions=heads)
    caption = (
        "A picture is found again in the generator and moved by λ times what making its sound "
        f"{-_QUIETER_DB:g} dB louder changes: to the right louder, to the left softer."
    )
    return Sheet(sheet, caption, sounds)


def _pictured_pairs(
    model: Bundle, material: FigureMaterial, asked: Sequence[tuple[str, str]]
) -> list[tuple[LabelledClip, LabelledClip]]:
    pairs = [(image, sound) for image, sound in material.pairs(asked, _ROWS) if image.picture is not None]
    _need(model, [image for image, _ in pairs])
    return pairs


def _need(model: Bundle, clips: Sequence[LabelledClip]) -> None:
    if model.image_encoder is None:
        raise CannotDrawError("needs a model with an image encoder: pictures have no place in this one")
    if not clips:
        raise CannotDrawError("needs sounds that have pictures")


def _picture(clip: LabelledClip) -> Pixels:
    assert clip.picture is not None
    return clip.picture


def _nearest(model: Bundle, picture: Pixels, gallery: Gallery) -> Pixels:
    likeness = see(model, picture[None])[0] @ gallery.features.T
    return np.asarray(gallery.pictures[int(likeness.argmax())])
