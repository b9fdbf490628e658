"""`blend`, `invert` and `edit`: images and sounds meeting in the latent space (paper, section 5.2), as sheets."""

import argparse
import itertools
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from s2s.commands.arguments import Verbs, add_model, at_least, numbers
from s2s.commands.files import names_of, progress, warn_of_silence
from s2s.commands.inverting import add_search, found_again, losses_of, search_settings
from s2s.commands.record import write_run
from s2s.files.names import fitted, shown
from s2s.media.audio import read_audio
from s2s.media.images import read_image
from s2s.media.montage import Pixels, captioned_sheet, save_png
from s2s.sampling.audible import silence_words

if TYPE_CHECKING:
    from torch import Tensor

    from s2s.bundle import Bundle
    from s2s.sampling.figures.latent_strip import Latent, LatentStrip
    from s2s.sampling.figures.sweeps import Sweep
    from s2s.sampling.inversion.search import Inverted
    from s2s.sampling.manipulate import Sound

_BLENDS: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
_EDITS: Final = (-2.0, -1.0, 0.0, 1.0, 2.0)
_FILM_FPS: Final = 24
_BLEND: Final = """Go from a sound to an image and paint the way with one noise, as the paper's figure 9 does: λ 0 is
the sound alone, λ 1 what f_V sees in the image."""
_INVERT: Final = """Find the noise z and the feature h from which the generator paints an image as nearly as it can, and
show what f_V alone gives beside what was found. Writes both as safetensors. What the generator has never painted it
can only approach: the losses say how nearly."""
_EDIT: Final = """Invert an image, then move its feature by the difference of a sound at two volumes, as the paper's
figure 11 does: z_inv + λ (z_A1 - z_A2). With --second the difference is that of two sounds. What is below a model's
floor is silence to it: a sound made too quiet moves the image to another scene instead of a calmer one."""


def add_to(verbs: Verbs) -> None:
    """Add the three verbs."""
    blend = verbs.add_parser("blend", help="between a sound and an image, painted", description=_BLEND)
    _add_pairs(blend)
    _add_amounts(blend, _BLENDS, "0 the sound … 1 the image")
    blend.add_argument("--count", type=at_least(1), default=1, help="rows each, of one noise each (default 1)")
    add_model(blend)
    blend.set_defaults(run=_blend)

    invert = verbs.add_parser("invert", help="find an image again in the generator", description=_INVERT)
    invert.add_argument("image", type=Path, nargs="+", metavar="IMAGE")
    invert.add_argument("out", type=Path, metavar="OUT", help="a .png for one sheet, else a folder for one an image")
    add_search(invert)
    add_model(invert)
    invert.set_defaults(run=_invert)

    edit = verbs.add_parser("edit", help="move an image as a sound changes, painted", description=_EDIT)
    _add_pairs(edit)
    _add_amounts(edit, _EDITS, "0 the image as it was found again")
    edit.add_argument("--louder", type=float, default=0.0, metavar="DB", help="gain of the sound in z_A1 (default 0)")
    edit.add_argument("--quieter", type=float, default=-20.0, metavar="DB", help="its gain in z_A2 (default -20)")
    edit.add_argument("--second", type=Path, metavar="SOUND", help="z_A2 is this sound instead, as recorded")
    add_search(edit)
    add_model(edit)
    edit.set_defaults(run=_edit)


def _add_pairs(verb: argparse.ArgumentParser) -> None:
    pairs = "an image and a sound, or more such pairs: one row each"
    verb.add_argument("pairs", type=Path, nargs="+", metavar="IMAGE SOUND", help=pairs)
    verb.add_argument("out", type=Path, metavar="OUT.png", help="the sheet; OUT.json tells what it was made with")


def _add_amounts(verb: argparse.ArgumentParser, default: Sequence[float], meaning: str) -> None:
    shown = ",".join(f"{amount:g}" for amount in default)
    amounts = f"λ of each column: {meaning} (default {shown}); write --lambdas=-1,… with the ="
    verb.add_argument("--lambdas", type=numbers, default=list(default), metavar="λ,λ,…", help=amounts)
    verb.add_argument("--film", type=Path, metavar="FILM.mp4", help="also a film, from the least λ to the greatest")
    verb.add_argument("--seconds", type=at_least(1), default=8, help="of film a row (default 8)")


@dataclass(frozen=True, slots=True)
class _Figure:
    """What came of one pair: rows of pictures, what a film of it is made from, and what is told about it."""

    name: str
    rows: "Sequence[Sequence[Pixels]]"
    z: "Tensor"
    latent: "Latent"
    sweep: "Sweep"
    summary: dict[str, Any]


def _blend(args: argparse.Namespace) -> None:
    from s2s.sampling.embed import embed_image, embed_sound
    from s2s.sampling.figures.latent_strip import blended, paint_latents
    from s2s.sampling.figures.sweeps import volume_sweep
    from s2s.sampling.noise import draw_noise

    pairs = _pairs(args)
    model = _model(args)
    z = draw_noise(args.count, model.generator.z_dim, seed=args.seed)

    def figure(image: Path, sound: Path) -> _Figure:
        pixels, clip = read_image(image, model.card.squash_px), _read_clip(sound, model)
        h_image, h_sound = embed_image(model, pixels).cpu(), embed_sound(model, clip).cpu()
        latent = blended(h_image, h_sound)
        strips = [paint_latents(model, noise, latent, args.lambdas) for noise in z[:, None]]
        rows = [[pixels, *strip.pictures] for strip in strips]
        summary = {
            "image": image,
            "sound": sound,
            "cosine of image and sound": _rounded(float(h_image[0] @ h_sound[0])),
            "columns": _columns(strips[0], h_image, strips[0].pictures[0]),
        }
        return _Figure(_pair_name(image, sound), rows, z[:1], latent, volume_sweep(sound.stem, clip, 0.0, 0.0), summary)

    _write(args, model, [figure(*pair) for pair in progress(pairs, "pairs")])


def _edit(args: argparse.Namespace) -> None:
    from s2s.sampling.embed import embed_sound
    from s2s.sampling.figures.latent_strip import edited, paint_latents

    pairs = _pairs(args)
    model = _model(args)
    second = None if args.second is None else _read_clip(args.second, model)

    def figure(image: Path, sound: Path) -> _Figure:
        pixels, name = read_image(image, model.card.squash_px), _pair_name(image, sound)
        from_other = _on_the_way(args, _read_clip(sound, model), second)
        h_other, h_one = (embed_sound(model, from_other.sound(end)).cpu() for end in (0.0, 1.0))
        inverted = found_again(args, model, pixels, name)
        strip = paint_latents(model, inverted.z, latent := edited(inverted.h, h_one, h_other), args.lambdas)
        summary = {
            "image": image,
            "sound": sound,
            "inversion": losses_of(inverted),
            "distance of z_A1 and z_A2": _rounded(float((h_one - h_other).norm())),
            "columns": _columns(strip, inverted.h, inverted.picture),
        }
        return _Figure(name, [[pixels, *strip.pictures]], inverted.z, latent, from_other, summary)

    _write(args, model, [figure(*pair) for pair in pairs])


def _invert(args: argparse.Namespace) -> None:
    names, one_sheet = names_of(args.image), args.out.suffix.lower() == ".png"
    model = _model(args)
    rows: list[list[Pixels]] = []
    summary: dict[str, Any] = {}
    for name, file in zip(names, args.image, strict=True):
        pixels = read_image(file, model.card.squash_px)
        inverted = found_again(args, model, pixels, name)
        rows.append([pixels, inverted.start_picture, inverted.picture])
        summary[name] = {"image": file, **losses_of(inverted)}
        vectors = args.out / f"{name}.safetensors"
        if one_sheet:
            ending = f"-{name}.safetensors" if len(names) > 1 else ".safetensors"
            vectors = fitted(args.out.parent, args.out.stem, ending)
        _save_vectors(vectors, inverted, model, file)
    if one_sheet:
        _save_before_and_after(args.out, names, rows)
    else:
        for name, row in zip(names, rows, strict=True):
            _save_before_and_after(args.out / f"{name}.png", [name], [row])
    write_run(args.out, args, {"model": _name_of(model), "settings": asdict(search_settings(args)), "images": summary})


def _save_before_and_after(path: Path, names: Sequence[str], rows: Sequence[Sequence[Pixels]]) -> None:
    columns = ["image", "f_V alone", "found"]
    save_png(path, captioned_sheet(rows, row_captions=names, column_captions=columns))
    print(shown(path))


def _save_vectors(path: Path, inverted: "Inverted", model: "Bundle", image: Path) -> None:
    from s2s.sampling.inversion.cache import save_inverted

    save_inverted(path, inverted, {"image": shown(image), "model": _name_of(model)})
    print(shown(path))


def _on_the_way(args: argparse.Namespace, sound: "Sound", second: "Sound | None") -> "Sweep":
    """Return the sound of z_A2 becoming that of z_A1."""
    from s2s.sampling.figures.sweeps import opposing_sweep, volume_sweep

    if second is None:
        return volume_sweep("", sound, args.quieter, args.louder)
    return opposing_sweep({"z_A2": second, "z_A1": sound}, [0.0, args.louder])


def _pairs(args: argparse.Namespace) -> list[tuple[Path, Path]]:
    """Return every image with its sound, and refuse what cannot be written before any work."""
    if len(args.pairs) % 2:
        raise ValueError(f"expected an image and a sound, or more such pairs, before OUT.png; got {len(args.pairs)}")
    for path, ending in ((args.out, ".png"), (args.film, ".mp4")):
        if path is not None and path.suffix.lower() != ending:
            raise ValueError(f"expected a file that ends in {ending}, got {path}")
    return list(zip(args.pairs[::2], args.pairs[1::2], strict=True))


def _pair_name(image: Path, sound: Path) -> str:
    return f"{image.stem}\n+ {sound.stem}"


def _model(args: argparse.Namespace) -> "Bundle":
    from s2s import bundle

    return bundle.load(args.model, device=args.device)


def _name_of(model: "Bundle") -> str:
    return f"{model.card.name} {model.card.version}"


def _read_clip(file: Path, model: "Bundle") -> "Sound":
    """Return the sound of `file`, repeated or cut to what the model hears; say so in the log where that is nothing."""
    clip_samples = model.spec.clip_samples
    clip = np.resize(read_audio(file, model.spec.sample_rate_hz, max_samples=clip_samples), clip_samples)
    warn_of_silence(file, silence_words(clip, model.spec.sample_rate_hz))
    return clip


def _write(args: argparse.Namespace, model: "Bundle", figures: "Sequence[_Figure]") -> None:
    """Write the sheet, the film if it is asked for, and what both were made with."""
    rows = [(figure.name, row) for figure in figures for row in figure.rows]
    columns = ["image", *(f"λ {amount:g}" for amount in args.lambdas)]
    sheet = captioned_sheet([row for _, row in rows], row_captions=[name for name, _ in rows], column_captions=columns)
    save_png(args.out, sheet)
    print(shown(args.out))
    if args.film is not None:
        _write_film(args, model, figures)
        print(shown(args.film))
    write_run(args.out, args, {"model": _name_of(model), "rows": [figure.summary for figure in figures]})


def _write_film(args: argparse.Namespace, model: "Bundle", figures: "Sequence[_Figure]") -> None:
    from s2s.media.video_writer import write_film
    from s2s.sampling.figures.latent_strip import latent_frames

    rate_hz, frames_each = model.spec.sample_rate_hz, args.seconds * _FILM_FPS
    ends = min(args.lambdas), max(args.lambdas)
    strips = (latent_frames(model, figure.z, figure.latent, ends, frames_each) for figure in figures)
    sound = np.concatenate([figure.sweep.heard(args.seconds * rate_hz) for figure in figures])
    shown = progress(itertools.chain.from_iterable(strips), "frames", total=frames_each * len(figures))
    write_film(args.film, shown, _FILM_FPS, sound, rate_hz)


def _columns(strip: "LatentStrip", h_image: "Tensor", picture: Pixels) -> list[dict[str, float]]:
    """Tell of each λ how near its h is to the image's, and how much its picture has changed from `picture`."""
    rows = zip(strip.amounts, strip.cosines(h_image), strip.changes(picture), strict=True)
    return [
        {"λ": amount, "cosine with the image": _rounded(cosine), "levels changed": _rounded(change)}
        for amount, cosine, change in rows
    ]


def _rounded(value: float) -> float:
    return round(value, 4)
