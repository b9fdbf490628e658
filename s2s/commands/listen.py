"""`listen`: what a model hears in sounds: the nearest scenes in words and bars, how sure it is, and what it paints."""

import argparse
import itertools
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import numpy as np

from s2s.commands.arguments import Verbs, add_model, at_least
from s2s.commands.files import names_of, readable
from s2s.commands.record import write_run
from s2s.files.names import shown
from s2s.media.audio import read_audio
from s2s.media.montage import Pixels, captioned_sheet, save_png
from s2s.sampling.audible import silence_words
from s2s.sampling.source_words import UNSURE, bar_lines, source_words, spoken, sureness

if TYPE_CHECKING:
    from s2s.bundle import Bundle
    from s2s.evaluate.heard_pictures import HeardSounds
    from s2s.retrieval.index import Index
    from s2s.sampling.manipulate import Sound
    from s2s.sampling.sources import Hearing

_CAPTION_LETTERS: Final = 36
_STANDARD_INPUT: Final = Path("-")
_FULL_SCALE: Final = 32_768.0
_ABOUT: Final = "what a model hears in sounds: the nearest scenes in words and bars, how sure it is, what it paints"
_STORY: Final = """Say of each sound which scenes it lies nearest to, how sure that is (in the words of the show's
page), and what is painted of it; with --out show that. Below -60 dB nothing is heard. A running show says the same on
its page of what its microphone hears: run_show.py --source mic."""


def add_to(verbs: Verbs) -> None:
    """Add the verb."""
    verb = verbs.add_parser("listen", help=_ABOUT, description=_STORY)
    audio = "sound files, or folders of them; - alone: 16 bit mono at 16 kHz from the standard input, while it sounds"
    verb.add_argument("audio", type=Path, nargs="+", metavar="SOUND", help=audio)
    out = "a .png for one sheet of all sounds, else a folder for one each; the numbers are in the .json, or run.json"
    verb.add_argument("--out", type=Path, metavar="OUT", help=out)
    verb.add_argument("--count", type=at_least(1), default=3, help="pictures of each, with --out (default 3)")
    among = "CLASS/… images or sounds: also the nearest of these classes, for models that name nothing or other things"
    verb.add_argument("--among", type=Path, metavar="FOLDER", help=among)
    add_model(verb)
    verb.set_defaults(run=_run)


@dataclass(frozen=True, slots=True, eq=False)
class _Heard:
    """What is told of one sound: what is heard, what is painted of that, and the nearest classes; or why nothing is."""

    sound: "Sound"
    silence: str
    hearing: "Hearing | None" = None
    painted: "HeardSounds | None" = None
    classes: Sequence[tuple[str, float]] = ()

    @property
    def words(self) -> str:
        """What is heard and how sure that is, in one line."""
        if self.hearing is None:
            return self.silence
        if not self.hearing.sources:
            return "this model names nothing"
        words = source_words(self.hearing.sources, self.hearing.certainty)
        return words if self._is_known else f"nothing it knows; {words}"

    @property
    def _is_known(self) -> bool:
        certainty = None if self.hearing is None else self.hearing.certainty
        return certainty is None or sureness(certainty) != UNSURE

    @property
    def reason(self) -> str:
        """What is painted, and how near."""
        if self.painted is None:
            return ""
        if not self.painted.named[0]:
            return "the whole sound, z_A"
        nearness, is_held = self.painted.held[0, 0].tolist()
        things = " with ".join(map(spoken, self.painted.named[0])) + f", nearness {nearness:.2f}" * bool(is_held)
        return things if self._is_known else f"{things}; a show drifts instead, unsure as it is"

    def lines(self) -> list[str]:
        """The nearest scenes in bars, and what is painted of them."""
        if self.hearing is None:
            return []
        named = bar_lines([(one.name.replace("_", " "), one.presence) for one in self.hearing.likeliest])
        classes = ["cosine with each class:", *bar_lines(self.classes)] if self.classes else []
        return [*named, *classes, f"paints {self.reason}"]

    def as_dict(self) -> dict[str, Any]:
        """The same as plain values."""
        if self.hearing is None:
            return {"words": self.words, "nothing heard": True}
        return {
            "words": self.words,
            "nothing heard": False,
            "certainty": self.hearing.certainty,
            "likeliest": {one.name: round(one.presence, 4) for one in self.hearing.likeliest},
            "classes": {name: round(cosine, 4) for name, cosine in self.classes},
            "paints": self.reason,
        }


def _run(args: argparse.Namespace) -> None:
    from s2s import bundle

    if _STANDARD_INPUT in args.audio and (len(args.audio) > 1 or args.out is not None):
        raise ValueError("-: the standard input is heard by itself, and without --out")
    model = bundle.load(args.model, device=args.device, image_encoder=args.among is not None)
    index = _index(model, args.among)
    if args.audio == [_STANDARD_INPUT]:
        _listen_live(model, index, sys.stdin.buffer)
        return
    rate_hz, most = model.spec.sample_rate_hz, model.spec.clip_samples
    sounds = readable(args.audio, lambda file: read_audio(file, rate_hz, max_samples=most))
    names = names_of([file for file, _ in sounds], args.audio)
    heard: dict[str, _Heard] = {}
    for name, (_, sound) in zip(names, sounds, strict=True):
        heard[name] = _listen(model, sound, index)
        _tell(shown(name), heard[name])
    if args.out is not None:
        _show(args, model, heard)
        told = {shown(name): one.as_dict() for name, one in heard.items()}
        write_run(args.out, args, {"model": f"{model.card.name} {model.card.version}", "sounds": told})


def _tell(name: str, heard: _Heard) -> None:
    print("\n".join([f"{name}: {heard.words}", *(f"  {line}" for line in heard.lines())]), flush=True)


def _listen_live(model: "Bundle", index: "Index | None", sound: BinaryIO) -> None:
    """Hear the last ten seconds of `sound`, 16 bit mono at the model's rate, once a second; tell what is new."""
    rate_hz, told = model.spec.sample_rate_hz, ""
    recent: deque[bytes] = deque(maxlen=model.spec.clip_samples // rate_hz)
    for second in itertools.count(1):
        block = sound.read(2 * rate_hz)
        if len(block) < 2 * rate_hz:
            return
        recent.append(block)
        heard = _listen(model, np.frombuffer(b"".join(recent), "<i2").astype(np.float32) / _FULL_SCALE, index)
        if heard.words != told:
            told = heard.words
            _tell(f"{second} s", heard)


def _index(model: "Bundle", folder: Path | None) -> "Index | None":
    """Return the images of `folder`, or where it holds none, or the model sees nothing, its sounds."""
    from s2s.media.images import ImageFileError
    from s2s.retrieval.index import index_folder

    if folder is None:
        return None
    try:
        return index_folder(model, folder, "sounds" if model.image_encoder is None else "images")
    except ImageFileError:
        return index_folder(model, folder, "sounds")


def _listen(model: "Bundle", sound: "Sound", index: "Index | None") -> _Heard:
    import torch

    from s2s.evaluate.heard_pictures import as_painted
    from s2s.retrieval.classes import nearest_classes
    from s2s.sampling.sources import LISTED, hear_sound

    if silence := silence_words(sound, model.spec.sample_rate_hz):
        return _Heard(sound, silence)
    hearing = hear_sound(model, sound)
    classes = [] if index is None else nearest_classes(torch.from_numpy(hearing.h), index, LISTED)
    return _Heard(sound, "", hearing, as_painted(model, [hearing]), classes)


def _show(args: argparse.Namespace, model: "Bundle", heard: Mapping[str, _Heard]) -> None:
    """Write a row a sound: what the model hears of it, and what is painted."""
    rows = {
        "\n".join([name, *wrap(one.words, _CAPTION_LETTERS)]): _row(model, one, args) for name, one in heard.items()
    }
    if args.out.suffix.lower() == ".png":
        sheets = {args.out: rows}
    else:
        sheets = {args.out / f"{name}.png": {key: rows[key]} for name, key in zip(heard, rows, strict=True)}
    for path, some in sheets.items():
        save_png(path, captioned_sheet(list(some.values()), row_captions=list(some)))
        print(shown(path))


def _row(model: "Bundle", heard: _Heard, args: argparse.Namespace) -> list[Pixels]:
    from s2s.evaluate.heard_pictures import paint_all
    from s2s.media.tiles import spectrogram_picture
    from s2s.sampling.noise import draw_noise

    picture = spectrogram_picture(heard.sound, model.spec, height_px=90)
    if heard.painted is None:
        return [picture]
    noises = draw_noise(args.count, model.generator.z_dim, seed=args.seed)
    return [picture, *(paint_all(model, heard.painted, noise)[0] for noise in noises[:, None])]
