"""`generate`: sound files, or folders of them, to pictures as published."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from s2s.commands.arguments import Verbs, add_model, at_least
from s2s.commands.files import progress, sound_files
from s2s.commands.record import write_run
from s2s.sheet import Pixels, captioned_sheet, save_png
from s2s.world.sheet import contact_sheet

if TYPE_CHECKING:
    from s2s.generate import Sampling

_CONVENTIONS: Final = ("icgan", "biggan")  # as in `s2s.noise`, which waits for torch
_STORY: Final = """Paint what sounds mean: each clip repeated or cut to the model's length, embedded, and painted from
fresh noise. Nothing is truncated, chosen or stretched unless asked for: numbers to compare with the paper's need the
defaults."""


def add_to(verbs: Verbs) -> None:
    """Add the verb."""
    verb = verbs.add_parser("generate", help="sounds to pictures, as published", description=_STORY)
    verb.add_argument("audio", type=Path, nargs="+", metavar="AUDIO", help="sound files, or folders of them")
    verb.add_argument("out", type=Path, help="a .png for one sheet of all sounds, else a folder for one file a sound")
    verb.add_argument("--singles", action="store_true", help="in the folder, one file a picture: SOUND/0.png, 1.png …")
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


def sampling_of(asked: argparse.Namespace) -> "Sampling":
    """Return what `add_sampling` and `--seed` asked for. Raises ValueError."""
    from s2s.generate import Sampling

    return Sampling(asked.count, asked.seed, asked.truncation, asked.truncation_as, asked.best_of)


def _run(asked: argparse.Namespace) -> None:
    from s2s import bundle
    from s2s.generate import generate

    sampling, files = sampling_of(asked), sound_files(asked.audio)
    model = bundle.load(asked.model, device=asked.device, image_encoder=sampling.best_of > 1)
    painted = [generate(model, file, sampling) for file in progress(files, "sounds")]
    names = _names(files)
    rows = [row.pictures for row in painted]
    if asked.out.suffix.lower() == ".png":
        save_png(asked.out, captioned_sheet([list(row) for row in rows], row_captions=names))
        written = [asked.out]
    else:
        written = _save_in_folder(asked.out, names, rows, singles=asked.singles)
    for path in written:
        print(path)
    distances = {name: row.distances for name, row in zip(names, painted, strict=True) if row.distances}
    write_run(asked.out, asked, {"sounds": dict(zip(names, files, strict=True)), "distances": distances})


def _save_in_folder(out: Path, names: Sequence[str], rows: Sequence[Pixels], *, singles: bool) -> list[Path]:
    """Write `NAME.png`, the pictures of a sound side by side, or `NAME/0.png`, `NAME/1.png` …"""
    written = []
    for name, row in zip(names, rows, strict=True):
        if singles:
            pictures = [(out / name / f"{number}.png", picture) for number, picture in enumerate(row)]
        else:
            pictures = [(out / f"{name}.png", contact_sheet(row, columns=len(row)))]
        for path, picture in pictures:
            save_png(path, picture)
            written.append(path)
    return written


def _names(files: Sequence[Path]) -> list[str]:
    """Return a name for each sound: its file's, numbered where two folders hold the same."""
    names: list[str] = []
    for number, file in enumerate(files):
        names.append(f"{file.stem}-{number}" if file.stem in names else file.stem)
    return names
