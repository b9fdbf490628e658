"""`generate`: sound files, or folders of them, to pictures as published."""

import argparse
import errno
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from s2s.commands.arguments import Verbs, add_model, at_least
from s2s.commands.files import names_of, progress, sound_files
from s2s.commands.record import write_run
from s2s.files.names import shown
from s2s.media.audio import AudioFileError
from s2s.media.montage import Pixels, captioned_sheet, contact_sheet, png_metadata, save_png

if TYPE_CHECKING:
    from s2s.bundle import Bundle
    from s2s.sampling.generate import Sampling

Distances: TypeAlias = tuple[float, ...]
_log = logging.getLogger(__name__)
_NO_NAME: Final = (errno.ENAMETOOLONG, errno.EILSEQ, errno.EINVAL)
"""What file systems say to a name that they do not take: it costs that picture alone."""
_CONVENTIONS: Final = ("icgan", "biggan")  # as in `s2s.sampling.noise`, which waits for torch
_STORY: Final = """Paint what sounds mean: each clip repeated or cut to the model's length, embedded, and painted from
fresh noise. Nothing is truncated, chosen or stretched unless asked for: numbers to compare with the paper's need the
defaults. In a folder, pictures that the same settings made of the same sound and model are kept as they are."""


def add_to(verbs: Verbs) -> None:
    """Add the verb."""
    verb = verbs.add_parser("generate", help="sounds to pictures, as published", description=_STORY)
    verb.add_argument("audio", type=Path, nargs="+", metavar="AUDIO", help="sound files, or folders of them")
    verb.add_argument("out", type=Path, help="a .png for one sheet of all sounds, else a folder, one file per sound")
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
    sounds = dict(zip(names_of(files), files, strict=True))
    painter = (_Sheet if args.out.suffix.lower() == ".png" else _Folder)(args, model, sampling)
    distances, failed = _each(sounds, painter)
    if distances:
        painter.finish()
        metadata = {"model": f"{model.card.name} {model.card.version}", "sounds": sounds}
        write_run(args.out, args, {**metadata, "distances": distances, "failed": failed})
    if failed:
        first = next(iter(failed.values()))
        remark = first if len(sounds) == 1 else f"{len(failed)} of {len(sounds)} sounds failed; first, {first}"
        # What a folder holds is taken as it is; what was named was meant.
        if not distances or any(sounds[name] in args.audio for name in failed):
            raise ValueError(remark)
        _log.warning("%s", remark)


def _each(sounds: Mapping[str, Path], painter: "_Sheet | _Folder") -> tuple[dict[str, Distances], dict[str, str]]:
    """Paint every sound; return the distances of those painted and the reasons of those that could not be."""
    distances, failed = {}, {}
    for name, file in progress(list(sounds.items()), "sounds"):
        try:
            distances[name] = painter.paint(name, file)
        except (AudioFileError, ValueError, OSError) as error:
            if isinstance(error, OSError) and error.errno not in _NO_NAME:
                raise
            failed[name] = str(error) if isinstance(error, AudioFileError) else f"{shown(file)}: {error}"
            if len(sounds) > 1:  # now, and not after the hour that the others may take
                _log.warning("%s", failed[name])
    return distances, failed


class _Sheet:
    """One sheet with a row per sound."""

    def __init__(self, args: argparse.Namespace, model: "Bundle", sampling: "Sampling") -> None:
        self._out, self._model, self._sampling = args.out, model, sampling
        self._rows: dict[str, list[Pixels]] = {}

    def paint(self, name: str, file: Path) -> Distances:
        from s2s.sampling.generate import generate

        painted = generate(self._model, file, self._sampling)
        self._rows[name] = list(painted.pictures)
        return painted.distances

    def finish(self) -> None:
        save_png(self._out, captioned_sheet(list(self._rows.values()), row_captions=list(self._rows)))
        print(shown(self._out))


class _Folder:
    """`NAME.png` a sound, its pictures side by side, or `NAME/0.png`, `NAME/1.png` … with `--singles`.

    Every file tells what it was made with: the same command, given again, paints only what is not there.
    """

    def __init__(self, args: argparse.Namespace, model: "Bundle", sampling: "Sampling") -> None:
        self._out, self._singles, self._model, self._sampling = args.out, args.singles, model, sampling
        self._made_with = {"model": _stamps(sorted(model.path.iterdir())), **asdict(sampling)}

    def paint(self, name: str, file: Path) -> Distances:
        from s2s.sampling.generate import generate

        paths = self._paths(name)
        made_with = {"sound": _stamps([file]), **self._made_with}
        there = [png_metadata(path) or {} for path in paths]
        if all(metadata.get("made with") == made_with for metadata in there):
            return tuple(there[0]["distances"])
        painted = generate(self._model, file, self._sampling)
        whole = [contact_sheet(painted.pictures, columns=len(painted.pictures))]
        for path, picture in zip(paths, painted.pictures if self._singles else whole, strict=True):
            save_png(path, picture, {"made with": made_with, "distances": painted.distances})
            print(shown(path))
        return painted.distances

    def finish(self) -> None:
        """Do nothing: every picture was written as it came."""

    def _paths(self, name: str) -> list[Path]:
        if not self._singles:
            return [self._out / f"{name}.png"]
        return [self._out / name / f"{number}.png" for number in range(self._sampling.count)]


def _stamps(files: Sequence[Path]) -> dict[str, list[int]]:
    """Return what tells files from others of their names: their sizes, and when they were last written."""
    return {shown(file.name): [file.stat().st_size, file.stat().st_mtime_ns] for file in files if file.is_file()}
