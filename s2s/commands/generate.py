"""`generate`: sound files, or folders of them, to pictures as published."""

import argparse
import errno
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from s2s.commands.arguments import Verbs, add_model, at_least
from s2s.commands.files import names_of, progress, sound_files, warn_of_silence
from s2s.commands.record import write_run
from s2s.files.names import shown
from s2s.media.audio import AudioFileError, read_audio
from s2s.media.montage import Pixels, captioned_sheet, contact_sheet, png_metadata, save_png
from s2s.sampling.audible import silence_words

if TYPE_CHECKING:
    from s2s.bundle import Bundle
    from s2s.sampling.generate import Painted, Sampling
    from s2s.sampling.manipulate import Sound

_log = logging.getLogger(__name__)
_NO_NAME: Final = (errno.ENAMETOOLONG, errno.EILSEQ, errno.EINVAL)
"""What file systems say to a name that they do not take: it costs that picture alone."""
_CONVENTIONS: Final = ("icgan", "biggan")  # as in `s2s.sampling.noise`, which waits for torch
_STORY: Final = """Paint what sounds mean: each clip repeated or cut to the model's length, embedded, and painted from
fresh noise. Nothing is truncated, chosen or stretched unless asked for: numbers to compare with the paper's need the
defaults. In a folder, pictures that the same settings made of the same sound and model are kept as they are, and every
sound is painted from the same noise, so that it can be painted again by itself; the rows of a sheet have noise of their
own, by --seed and the ones after it. Where nothing is heard that is said, and what is painted is no answer."""


def add_to(verbs: Verbs) -> None:
    """Add the verb."""
    verb = verbs.add_parser("generate", help="sounds to pictures, as published", description=_STORY)
    verb.add_argument("audio", type=Path, nargs="+", metavar="AUDIO", help="sound files, or folders of them")
    out = "a .png for one sheet of all sounds, else a folder, one file per sound, in folders as the sounds are"
    verb.add_argument("out", type=Path, metavar="OUT", help=out)
    verb.add_argument("--singles", action="store_true", help="one file per picture in the folder: SOUND/0.png, …")
    add_sampling(verb)
    add_model(verb)
    verb.set_defaults(run=_run)


def add_sampling(verb: argparse.ArgumentParser) -> None:
    """Add how pictures are drawn: `--count`, `--truncation`, `--truncation-as`, `--best-of`."""
    verb.add_argument(
        "--count", type=at_least(1), default=4, help="pictures a sound, each of its own noise (default 4)"
    )
    verb.add_argument("--truncation", type=float, metavar="T", help="hold the noise near zero; default: none")
    verb.add_argument(
        "--truncation-as",
        choices=_CONVENTIONS,
        default="icgan",
        help="icgan: noise within ±2T, as it is (default); biggan: noise within ±2, times T",
    )
    verb.add_argument(
        "--best-of",
        type=at_least(1),
        default=1,
        metavar="N",
        help="paint N a picture, keep the nearest to the sound by f_V",
    )


def sampling_of(args: argparse.Namespace) -> "Sampling":
    """Return what `add_sampling` and `--seed` asked for. Raises ValueError."""
    from s2s.sampling.generate import Sampling

    return Sampling(args.count, args.seed, args.truncation, args.truncation_as, args.best_of)


def _run(args: argparse.Namespace) -> None:
    from s2s import bundle

    sampling, files = sampling_of(args), sound_files(args.audio)
    model = bundle.load(args.model, device=args.device, image_encoder=sampling.best_of > 1)
    sounds = dict(zip(names_of(files, args.audio), files, strict=True))
    painter = (_Sheet if args.out.suffix.lower() == ".png" else _Folder)(args, model, sampling)
    made, failed = _each(sounds, painter)
    if made:
        painter.finish()
        write_run(args.out, args, {**_results(model, sounds, made), "failed": failed})
    if failed:
        first = next(iter(failed.values()))
        remark = first if len(sounds) == 1 else f"{len(failed)} of {len(sounds)} sounds failed; first, {first}"
        # What a folder holds is taken as it is; what was named was meant.
        if not made or any(sounds[name] in args.audio for name in failed):
            raise ValueError(remark)
        _log.warning("%s", remark)


def _results(model: "Bundle", sounds: Mapping[str, Path], made: "Mapping[str, _Made]") -> dict[str, Any]:
    return {
        "model": f"{model.card.name} {model.card.version}",
        "sounds": sounds,
        "distances": {name: one.distances for name, one in made.items()},
        "nothing heard": {name: one.silence for name, one in made.items() if one.silence},
    }


@dataclass(frozen=True, slots=True)
class _Made:
    """What is told of a sound's pictures: how far each lies from it, where that was asked, and why it is no sound."""

    distances: tuple[float, ...]
    silence: str


def _each(sounds: Mapping[str, Path], painter: "_Sheet | _Folder") -> tuple[dict[str, _Made], dict[str, str]]:
    """Paint every sound; return what came of those painted and the reasons of those that could not be."""
    made, failed = {}, {}
    for name, file in progress(list(sounds.items()), "sounds"):
        try:
            made[name] = painter.paint(name, file)
        except (AudioFileError, ValueError, OSError) as error:
            if isinstance(error, OSError) and error.errno not in _NO_NAME:
                raise
            failed[name] = str(error) if isinstance(error, AudioFileError) else f"{shown(file)}: {error}"
            if len(sounds) > 1:  # now, and not after the hour that the others may take
                _log.warning("%s", failed[name])
        else:
            warn_of_silence(file, made[name].silence)
    return made, failed


class _Sheet:
    """One sheet with a row per sound: what the model hears of it, and its pictures."""

    def __init__(self, args: argparse.Namespace, model: "Bundle", sampling: "Sampling") -> None:
        self._out, self._model, self._sampling = args.out, model, sampling
        self._rows: dict[str, list[Pixels]] = {}

    def paint(self, name: str, file: Path) -> _Made:
        from s2s.media.tiles import spectrogram_picture

        sampling = replace(self._sampling, seed=self._sampling.seed + len(self._rows))
        painted, sound = _painted(self._model, file, sampling)
        height, width = painted.pictures.shape[1:3]
        heard = spectrogram_picture(sound, self._model.spec, height_px=round(160 * height / width))
        self._rows[name] = [heard, *painted.pictures]
        return _Made(painted.distances, silence_words(sound, self._model.spec.sample_rate_hz))

    def finish(self) -> None:
        columns = ["heard", *map(str, range(1, self._sampling.count + 1))]
        rows = list(self._rows.values())
        save_png(self._out, captioned_sheet(rows, row_captions=list(self._rows), column_captions=columns))
        print(shown(self._out))


class _Folder:
    """`NAME.png` a sound, its pictures side by side, or `NAME/0.png`, `NAME/1.png` … with `--singles`.

    Every file tells what it was made with: the same command, given again, paints only what is not there.
    """

    def __init__(self, args: argparse.Namespace, model: "Bundle", sampling: "Sampling") -> None:
        self._out, self._singles, self._model, self._sampling = args.out, args.singles, model, sampling
        self._made_with = {"model": _stamps(sorted(model.path.iterdir())), **asdict(sampling)}

    def paint(self, name: str, file: Path) -> _Made:
        paths = self._paths(name)
        made_with = {"sound": _stamps([file]), **self._made_with}
        there = [png_metadata(path) or {} for path in paths]
        if all(metadata.get("made with") == made_with for metadata in there):
            return _Made(tuple(there[0]["distances"]), there[0].get("nothing heard", ""))
        painted, sound = _painted(self._model, file, self._sampling)
        made = _Made(painted.distances, silence_words(sound, self._model.spec.sample_rate_hz))
        whole = [contact_sheet(painted.pictures, columns=len(painted.pictures))]
        told = {"made with": made_with, "distances": made.distances, "nothing heard": made.silence}
        for path, picture in zip(paths, painted.pictures if self._singles else whole, strict=True):
            save_png(path, picture, told)
            print(shown(path))
        return made

    def finish(self) -> None:
        """Do nothing: every picture was written as it came."""

    def _paths(self, name: str) -> list[Path]:
        if not self._singles:
            return [self._out / f"{name}.png"]
        return [self._out / name / f"{number}.png" for number in range(self._sampling.count)]


def _painted(model: "Bundle", file: Path, sampling: "Sampling") -> "tuple[Painted, Sound]":
    """Return the pictures of a file's first clip, and that clip. Raises AudioFileError, and as `generate`."""
    from s2s.sampling.generate import generate

    sound = read_audio(file, model.spec.sample_rate_hz, max_samples=model.spec.clip_samples)
    return generate(model, sound, sampling), sound


def _stamps(files: Sequence[Path]) -> dict[str, list[int]]:
    """Return what tells files from others of their names: their sizes, and when they were last written."""
    return {shown(file.name): [file.stat().st_size, file.stat().st_mtime_ns] for file in files if file.is_file()}
