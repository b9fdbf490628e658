"""Figure S4: the sounds of all classes in two dimensions, by t-SNE (van der Maaten and Hinton 2008) of scikit-learn."""

import colorsys
import importlib.util
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from s2s.bundle import Bundle
from s2s.evaluate.figures.material import CannotDrawError, FigureMaterial, spread
from s2s.evaluate.figures.sheet import Sheet
from s2s.media.montage import INK, PAPER, Pixels, drawable
from s2s.sampling.embed import encode_sounds
from s2s.spectrogram import fit_clip

_FEWEST: Final = 10
_PERPLEXITY: Final = 20.0
_MOST_CLASSES: Final = 28
_SIZE_PX: Final = (1100, 800)
_MARGIN_PX: Final = 60
_DOT_PX: Final = 6
_LETTER_PX: Final = 17


def sound_map(model: Bundle, material: FigureMaterial) -> Sheet:
    """Figure S4: z_A of every sound, neighbours kept neighbours, coloured by class."""
    if importlib.util.find_spec("sklearn") is None:
        raise CannotDrawError("needs scikit-learn: pip install scikit-learn")
    labels = spread(material.labels, _MOST_CLASSES)
    clips = [clip for clip in material.clips if clip.label in labels]
    if len(clips) < _FEWEST:
        raise CannotDrawError(f"needs {_FEWEST} sounds at least, got {len(clips)}")
    spec = model.spec
    sounds = np.stack([fit_clip(clip.sound, spec).numpy() for clip in clips])
    places = in_two_dimensions(encode_sounds(model.audio_encoder, spec, sounds).numpy(), material.seed)
    numbers = np.array([labels.index(clip.label) for clip in clips])
    caption = (
        f"{len(clips)} sounds of {len(labels)} classes where the audio encoder puts them, drawn in two dimensions so "
        "that neighbours stay neighbours (t-SNE); colours and names are the classes, which the drawing does not use."
    )
    return Sheet(_scatter(places, numbers, labels), caption)


def in_two_dimensions(vectors: NDArray[np.float32], seed: int) -> NDArray[np.float64]:
    """Return the t-SNE [n, 2] of unit vectors [n, d], begun from their two principal components."""
    from sklearn.manifold import TSNE

    perplexity = min(_PERPLEXITY, (len(vectors) - 1) / 3)
    places = TSNE(perplexity=perplexity, init="pca", random_state=seed, method="exact").fit_transform(vectors)
    return np.asarray(places, np.float64)


def _scatter(places: NDArray[np.float64], numbers: NDArray[np.int64], labels: list[str]) -> Pixels:
    """Draw dots at `places` [n, 2], each class in a colour of its own, its name at the dot in the midst of it."""
    low, high = places.min(axis=0), places.max(axis=0)
    share = (places - low) / np.maximum(high - low, 1e-9)
    dots = _MARGIN_PX + share * (np.array(_SIZE_PX) - 2 * _MARGIN_PX)
    sheet = Image.new("RGB", _SIZE_PX, PAPER)
    draw = ImageDraw.Draw(sheet)
    colours = [_colour(number, len(labels)) for number in range(len(labels))]
    for (x, y), number in zip(dots.tolist(), numbers.tolist(), strict=True):
        draw.ellipse([x - _DOT_PX, y - _DOT_PX, x + _DOT_PX, y + _DOT_PX], colours[number])
    font = ImageFont.load_default(size=_LETTER_PX)
    midsts = [_midst(dots[numbers == number]) for number in range(len(labels))]
    widths = [font.getlength(drawable(label)) for label in labels]
    for label, corner in zip(labels, places_of_names(midsts, widths), strict=True):
        draw.text(corner, drawable(label), INK, font, anchor="la", stroke_width=3, stroke_fill=PAPER)
    return np.asarray(sheet)


def places_of_names(midsts: Sequence[tuple[float, float]], widths: Sequence[float]) -> list[tuple[float, float]]:
    """Return the upper left corner, in pixels, of every name: above its class, or where it covers no name before it."""
    height, taken = 1.3 * _LETTER_PX, list[tuple[float, float]]()
    for number, ((x, y), width) in enumerate(zip(midsts, widths, strict=True)):
        left, above, below = x - width / 2, y - 2 * _DOT_PX - height, y + 2 * _DOT_PX
        corners = [(left, top) for top in (above, below, above - height, below + height)]
        free = [
            (one, top)
            for one, top in corners
            if all(
                abs(top - other_top) >= height or one + width <= other or other + other_width <= one
                for (other, other_top), other_width in zip(taken, widths[:number], strict=True)
            )
        ]
        taken.append((free or corners)[0])
    return taken


def _midst(members: NDArray[np.float64]) -> tuple[float, float]:
    """Return the one of `members` [n, 2] that is nearest to all others: a mean may lie where none of them is."""
    apart = np.linalg.norm(members[:, None] - members[None], axis=2).sum(axis=1)
    x, y = members[int(apart.argmin())].tolist()
    return x, y


def _colour(number: int, count: int) -> tuple[int, int, int]:
    """Return the colour of a class: hues in turn, neighbours in the list as far apart as thirds of the circle."""
    hue = (number * (1 / 3) + number // 3 / count) % 1.0
    red, green, blue = colorsys.hsv_to_rgb(hue, 0.45 if number % 2 else 0.85, 0.95)
    return round(255 * red), round(255 * green), round(255 * blue)
