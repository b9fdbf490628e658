"""The paper's figures, one after another, each a file; what is there already is not drawn again."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from torch import nn

from s2s.bundle import Bundle, BundleError
from s2s.evaluate.figures import latents, limits, moments, sound_map, unseen, waveforms
from s2s.evaluate.figures.material import CannotDrawError, FigureMaterial
from s2s.evaluate.figures.sheet import Sheet
from s2s.evaluate.report.model import Figure, Skipped
from s2s.media.montage import png_metadata, save_png
from s2s.media.sound_writer import write_flac
from s2s.sampling.manipulate import Sound
from s2s.training.inputs.moments import fingerprint

_HEARD_S: Final = 4.0  # of each sound: enough to know it by, and a page of a hundred stays small
_FADE_S: Final = 0.05
_METHOD: Final = 2
"""Of the drawing: count up when figures come out otherwise from the same, so that old ones are drawn again."""


@dataclass(frozen=True, slots=True)
class FigureKind:
    """A figure of the paper: what it is called here, where the paper has it, what draws it, and whether it shows the
    model that was trained without some classes, which then is all that it depends on.
    """

    name: str
    source: str
    title: str
    draw: Callable[[Bundle, FigureMaterial], Sheet]
    of_left_out: bool = False


FIGURES: Final = (
    FigureKind("figure-3", "Figure 3", "The moment that shows what is heard", moments.selected_moments),
    FigureKind("figure-4", "Figure 4", "Pictures of single sounds", waveforms.single_sounds),
    FigureKind("figure-6", "Figure 6", "Softer and louder", waveforms.volumes),
    FigureKind("figure-7", "Figure 7", "Two sounds at once", waveforms.mixtures),
    FigureKind("figure-8", "Figure 8", "One goes, another comes", waveforms.opposing_volumes),
    FigureKind("figure-9", "Figure 9", "A picture and a sound together", latents.image_with_sound),
    FigureKind("figure-11", "Figure 11", "A picture edited by the volume of its sound", latents.edited_by_volume),
    FigureKind("figure-12", "Figure 12", "Classes never seen", unseen.unseen_classes, of_left_out=True),
    FigureKind("figure-13", "Figure 13", "Where it fails", limits.failures),
    FigureKind("figure-s4", "Figure S4", "A map of the sounds", sound_map.sound_map),
    FigureKind("figure-s7", "Figure S7", "More pictures edited by volume", latents.edited_by_volume_more),
    FigureKind("figure-s8", "Figure S8", "Beside the nearest training pictures", latents.conditioned_and_nearest),
)


def draw_figures(model: Bundle, material: FigureMaterial, out: Path) -> Iterator[Figure | Skipped]:
    """Draw every figure of the paper into folder `out`: a PNG and the FLAC files of the sounds that it shows.

    A figure that lies there, drawn of the same model and material, is taken as it is. What cannot be drawn is yielded
    as skipped, with the reason. Raises OSError.
    """
    of_model, of_left_out = _of_model(model, material), _of_left_out(material)
    for kind in FIGURES:
        of = of_left_out if kind.of_left_out else of_model
        if (there := _drawn_before(out, kind, of)) is not None:
            yield there
            continue
        try:
            yield _write(out, kind, kind.draw(model, material), model.spec.sample_rate_hz, of)
        except (CannotDrawError, BundleError) as error:
            yield Skipped(kind.source, " ".join(str(error).split()))


def _write(out: Path, kind: FigureKind, sheet: Sheet, rate_hz: int, of: str) -> Figure:
    """Write the sounds, then the picture, which says that all is there."""
    out.mkdir(parents=True, exist_ok=True)
    names = []
    for name, sound in sheet.sounds.items():
        names.append(f"{kind.name}-{name}.flac")
        write_flac(out / names[-1], _excerpt(sound, rate_hz), rate_hz)
    figure = Figure(kind.name, kind.title, kind.source, f"{kind.name}.png", sheet.caption, tuple(names))
    save_png(out / figure.file, sheet.pixels, {"figure": asdict(figure), "of": of})
    return figure


def _drawn_before(out: Path, kind: FigureKind, of: str) -> Figure | None:
    told = png_metadata(out / f"{kind.name}.png") or {}
    if told.get("of") != of:
        return None
    kept: dict[str, Any] = told["figure"]
    figure = Figure(**{**kept, "sounds": tuple(kept["sounds"])})
    return figure if all((out / name).exists() for name in figure.sounds) else None


def _of_model(model: Bundle, material: FigureMaterial) -> str:
    """Return what names drawings of this model and material."""
    films, gallery = material.films, material.gallery
    told = (_METHOD, material.told, material.seed, material.shown)
    digest = hashlib.sha256(repr((told, films and (list(films.ids), films.selector.settings))).encode())
    digest.update(b"none" if gallery is None else np.ascontiguousarray(gallery.pictures).tobytes())
    digest.update(_weights(model))
    for clip in material.clips:
        digest.update(repr((clip.name, clip.label)).encode())
        digest.update(np.ascontiguousarray(clip.sound).tobytes())
        digest.update(b"none" if clip.picture is None else np.ascontiguousarray(clip.picture).tobytes())
    return digest.hexdigest()[:32]


def _of_left_out(material: FigureMaterial) -> str:
    """Return what names drawings of the model that was trained without some classes; "" where there is none."""
    if (left_out := material.left_out) is None:
        return ""
    told = (_METHOD, left_out.scenes, left_out.of, material.seed, left_out.model.card.name, left_out.model.card.version)
    return hashlib.sha256(repr(told).encode() + _weights(left_out.model)).hexdigest()[:32]


def _weights(model: Bundle) -> bytes:
    """Return what names all weights of a model."""
    networks = (model.audio_encoder, model.generator, model.image_encoder, model.source_heads)
    return b"".join(fingerprint(one).encode() if isinstance(one, nn.Module) else b"none" for one in networks)


def _excerpt(sound: Sound, rate_hz: int) -> Sound:
    """Return the beginning of a sound, faded out where it is cut."""
    length, fade = round(_HEARD_S * rate_hz), round(_FADE_S * rate_hz)
    if len(sound) <= length:
        return sound
    cut = np.array(sound[:length], np.float32)
    cut[-fade:] *= np.linspace(1.0, 0.0, fade, dtype=np.float32)
    return cut
