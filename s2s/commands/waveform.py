"""`volume` and `mix`: what a change of the waveform does to the picture (paper, section 5.1), as labelled sheets."""

import argparse
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from s2s.commands.arguments import Verbs, add_model, at_least, numbers
from s2s.commands.files import names_of, progress, readable, warn_of_silence
from s2s.commands.record import write_run
from s2s.files.names import shown
from s2s.media.audio import AudioFileError, read_audio
from s2s.media.montage import Pixels, captioned_sheet, save_png
from s2s.sampling.audible import silence_words
from s2s.spectrogram_spec import SpectrogramSpec

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from s2s.bundle import Bundle
    from s2s.sampling.figures.sound_strip import Strip
    from s2s.sampling.figures.sweeps import Sweep
    from s2s.sampling.manipulate import Sound

_GAINS_DB: Final = (-30.0, -20.0, -10.0, 0.0, 10.0)
_CURVES: Final = ("equal-power", "linear")  # as in `s2s.sampling.manipulate`, which waits for torch
_FILM_FPS: Final = 24
_VOLUME: Final = """Turn sounds up and down and paint each volume with the same noise, as the paper's figure 6 does: one
row per sound, one column per gain. Whether louder means larger is the model's answer, not the sheet's promise. What
lies below a model's floor, or is as soft as silence, it paints all the same: such pictures are marked."""
_MIX: Final = """Paint sounds alone and mixed, with the same noise, as the paper's figure 7 does; with --opposing the
first goes while each of the others comes, as figure 8 does."""


def add_to(verbs: Verbs) -> None:
    """Add the two verbs."""
    volume = verbs.add_parser("volume", help="one sound at many volumes, painted", description=_VOLUME)
    volume.add_argument("audio", type=Path, nargs="+", metavar="SOUND", help="sound files, or folders of them")
    _add_result(volume, film="also a film: each sound from the first gain to the last")
    gains = "in decibels, one per column (default -30,-20,-10,0,10); write --gains=-30,… with the ="
    volume.add_argument("--gains", type=numbers, default=list(_GAINS_DB), metavar="DB,DB,…", help=gains)
    volume.set_defaults(run=_volume)

    mix = verbs.add_parser("mix", help="sounds alone and mixed, painted", description=_MIX)
    mix.add_argument("audio", type=Path, nargs="+", metavar="SOUND", help="two or more sound files")
    _add_result(mix, film="also a film: the sounds join one after another, or cross with --opposing")
    mix.add_argument("--gains", type=numbers, metavar="DB,DB,…", help="one per sound, in decibels (default 0)")
    mix.add_argument("--pairs", action="store_true", help="of more than two sounds, also every two")
    mix.add_argument("--opposing", action="store_true", help="the first goes while each of the others comes")
    mix.add_argument("--steps", type=at_least(2), default=7, help="columns with --opposing (default 7)")
    mix.add_argument("--curve", choices=_CURVES, default="equal-power", help="of sounds that come and go")
    mix.set_defaults(run=_mix)


def _add_result(verb: argparse.ArgumentParser, film: str) -> None:
    verb.add_argument("out", type=Path, metavar="OUT.png", help="the sheet; OUT.json tells what it was made with")
    verb.add_argument("--film", type=Path, metavar="FILM.mp4", help=film)
    verb.add_argument("--seconds", type=at_least(1), default=8, help="of film a row (default 8)")
    level = "first bring every sound to this root mean square, such as -20 dB of full scale; default: as recorded"
    verb.add_argument("--level", type=float, metavar="DBFS", help=level)
    verb.add_argument("--count", type=at_least(1), default=1, help="pictures each, of one noise a row (default 1)")
    add_model(verb)


def _volume(args: argparse.Namespace) -> None:
    from s2s.sampling.figures.sound_strip import paint_strip
    from s2s.sampling.figures.sweeps import volume_steps, volume_sweep

    model, sounds, z = _prepared(args)
    strips = {
        name: paint_strip(model, volume_steps(sound, args.gains), z)
        for name, sound in progress(list(sounds.items()), "sounds")
    }
    sweeps = [volume_sweep(name, sound, args.gains[0], args.gains[-1]) for name, sound in sounds.items()]
    _write(args, model, strips, sweeps, z)


def _mix(args: argparse.Namespace) -> None:
    from s2s.sampling.figures.sound_strip import paint_strip
    from s2s.sampling.figures.sweeps import joining_sweep, mixing_steps, opposing_steps, opposing_sweep

    model, sounds, z = _prepared(args)
    gains = _gains(sounds, args.gains)
    if args.opposing:
        strips, sweeps = {}, []
        for pair in progress(_opposing_pairs(sounds), "pairs"):
            pair_gains = [gains[name] for name in pair]
            steps = opposing_steps(pair, args.steps, pair_gains, args.curve)
            strips[" →\n".join(pair)] = paint_strip(model, steps, z)
            sweeps.append(opposing_sweep(pair, pair_gains, args.curve))
    else:
        steps = mixing_steps(sounds, list(gains.values()), pairs=args.pairs)
        strips = {"": paint_strip(model, steps, z)}
        sweeps = [joining_sweep(sounds, list(gains.values()), args.curve)]
    _write(args, model, strips, sweeps, z)


def _prepared(args: argparse.Namespace) -> "tuple[Bundle, dict[str, Sound], Tensor]":
    """Return the model, every sound by its name, as one clip of the model, and the noise of each row."""
    from s2s import bundle
    from s2s.sampling.noise import draw_noise

    for path, ending in ((args.out, ".png"), (args.film, ".mp4")):
        if path is not None and path.suffix.lower() != ending:
            raise ValueError(f"expected a file that ends in {ending}, got {path}")
    model = bundle.load(args.model, device=args.device, image_encoder=False)
    clips = readable(args.audio, lambda file: _clip(file, model.spec, args.level))
    if args.run is _mix and len(clips) < 2:
        raise ValueError(f"a mix needs at least two sounds, got {len(clips)}")
    z = draw_noise(args.count, model.generator.z_dim, seed=args.seed)
    for file, clip in clips:
        warn_of_silence(file, silence_words(clip, model.spec.sample_rate_hz))
    names = names_of([file for file, _ in clips], args.audio)
    return model, {name: clip for name, (_, clip) in zip(names, clips, strict=True)}, z


def _clip(file: Path, spec: SpectrogramSpec, level_dbfs: float | None) -> "Sound":
    """Return what a model hears of `file`, repeated or cut to its clip, before any gain."""
    from s2s.sampling.manipulate import at_level

    sound = np.resize(read_audio(file, spec.sample_rate_hz, max_samples=spec.clip_samples), spec.clip_samples)
    try:
        return sound if level_dbfs is None else at_level(sound, level_dbfs)
    except ValueError as error:
        raise AudioFileError(file, str(error)) from error


def _gains(sounds: "Mapping[str, Sound]", gains_db: Sequence[float] | None) -> dict[str, float]:
    if gains_db is not None and len(gains_db) != len(sounds):
        raise ValueError(f"--gains: expected one per sound, {len(sounds)}; got {len(gains_db)}")
    return dict(zip(sounds, gains_db or [0.0] * len(sounds), strict=True))


def _opposing_pairs(sounds: "Mapping[str, Sound]") -> "list[dict[str, Sound]]":
    (going, first), *others = sounds.items()
    return [{going: first, coming: sound} for coming, sound in others]


def _write(
    args: argparse.Namespace,
    model: "Bundle",
    strips: "Mapping[str, Strip]",
    sweeps: "Sequence[Sweep]",
    z: "Tensor",
) -> None:
    """Write the sheet, the film if it is asked for, and what both were made with."""
    rows = [(name, _marked(strip, row)) for name, strip in strips.items() for row in strip.pictures]
    sheet = captioned_sheet(
        [pictures for _, pictures in rows],
        row_captions=[name for name, _ in rows] if any(strips) else [],
        column_captions=next(iter(strips.values())).captions,
    )
    save_png(args.out, sheet)
    print(shown(args.out))
    if args.film is not None:
        _write_film(args, model, sweeps, z)
        print(shown(args.film))
    summary = {name: _summary(strip) for name, strip in strips.items()}
    write_run(args.out, args, {"model": f"{model.card.name} {model.card.version}", "rows": summary})


def _marked(strip: "Strip", row: "NDArray[np.uint8]") -> list[Pixels]:
    """Return the pictures of a row [n, h, w, 3]; those of what is hardly heard say so."""
    from s2s.media.tiles import marked

    pairs = zip(row, strip.loudness, strict=True)
    return [marked(picture, loudness.remark) if loudness.remark else picture for picture, loudness in pairs]


def _write_film(args: argparse.Namespace, model: "Bundle", sweeps: "Sequence[Sweep]", z: "Tensor") -> None:
    """Go through every sweep in turn, each frame heard and painted anew from the first row's noise."""
    from s2s.media.video_writer import write_film
    from s2s.sampling.figures.sound_strip import film_frames

    rate_hz, frames_each = model.spec.sample_rate_hz, args.seconds * _FILM_FPS
    frames = itertools.chain.from_iterable(film_frames(model, sweep, z[:1], frames_each) for sweep in sweeps)
    sound = np.concatenate([sweep.heard(args.seconds * rate_hz) for sweep in sweeps])
    shown = progress(frames, "frames", total=frames_each * len(sweeps))
    write_film(args.film, shown, _FILM_FPS, sound, rate_hz)


def _summary(strip: "Strip") -> list[dict[str, Any]]:
    rows = zip(strip.captions, strip.loudness, strip.cosines, strict=True)
    return [
        {"column": " ".join(caption.split()), **asdict(loudness), "cosine_to_first_column": round(cosine, 4)}
        for caption, loudness, cosine in rows
    ]
