"""`train audio-encoder`: f_A, on sounds and what f_V sees in the pictures that go with them."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from s2s.commands.arguments import at_least
from s2s.commands.train.common import image_encoder_option, is_dry_run, run_of

if TYPE_CHECKING:
    from s2s.spectrogram_spec import SpectrogramSpec
    from s2s.training.engine.loop import RunPlan
    from s2s.training.inputs.pairs import Pairs, PairSource


def add_options(stage: argparse.ArgumentParser) -> None:
    """Add what this stage alone takes."""
    image_encoder_option(stage)
    stage.add_argument("--px", type=at_least(8), default=128, help="side of the frames, as prepared (default 128)")
    stage.add_argument("--moments", type=Path, metavar="FILE.json", help="as `select` or the authors wrote it")
    frame = "of each clip: the first of --moments, or the middle one (default: top1 where --moments is given)"
    stage.add_argument("--frame", choices=("top1", "middle"), help=frame)
    top = "frames of --moments to learn from, one at a step (default 1, as published)"
    stage.add_argument("--top", type=at_least(1), default=1, metavar="K", help=top)
    seconds = "of sound, around the frame (default 10)"
    stage.add_argument("--clip-seconds", type=float, default=10.0, metavar="S", help=seconds)
    norm = "fixed keeps loudness and lets f_A stream (default; with --from: that one's); clip as published"
    stage.add_argument("--normalisation", choices=("fixed", "clip"), help=norm)
    augmentation = "of sounds while training: a random microphone in a room (default), or none, as published"
    stage.add_argument("--augmentation", choices=("microphone", "none"), default="microphone", help=augmentation)
    stage.add_argument("--hearing", dest="augmentation", type=_of_hearing, help=argparse.SUPPRESS)  # its former name
    recordings = "the world's data only: real recordings as well, folds 1 and 2 of ESC-10's layout"
    stage.add_argument("--recordings", type=Path, metavar="FOLDER", help=recordings)
    start = "begin with this stage's or bundle's, and hear by its spectrogram, mean and deviation with it"
    stage.add_argument("--from", dest="start", type=Path, metavar="FOLDER", help=start)


def _of_hearing(text: str) -> str:
    if text not in ("microphone", "still"):
        raise argparse.ArgumentTypeError(f"expected microphone or still, got {text!r}")
    return "none" if text == "still" else text


def run(args: argparse.Namespace) -> None:
    """Train f_A."""
    from s2s.training.augment.spectrogram_augment import NO_AUGMENTATION, SpectrogramAugmentation
    from s2s.training.stages.audio_encoder import AudioEncoderSettings, load_start, train_audio_encoder

    augmentation = NO_AUGMENTATION if args.augmentation == "none" else SpectrogramAugmentation()
    with run_of(AudioEncoderSettings, args, augmentation=augmentation) as (plan, settings, cache):
        if not is_dry_run(args, settings):
            start = load_start(args.start) if args.start else None
            train_audio_encoder(_pairs(args, plan, cache), settings, plan, start)


def _pairs(args: argparse.Namespace, plan: "RunPlan", cache: Path) -> "Pairs":
    """Open pairs; rank 0 computes what is not there yet while the others wait."""
    from s2s.training.engine.distributed import barrier
    from s2s.training.inputs.pairs import Pairs, write_pairs
    from s2s.training.stages.image_encoder import load_image_encoder

    spec = _spec(args)
    folder = cache / "pairs"
    if plan.device_context.is_main:
        encoder = load_image_encoder(args.image_encoder)
        normalisation = spec.normalisation if args.start else args.normalisation or "fixed"
        write_pairs(_pair_source(args), encoder.to(plan.device_context.device), folder, spec, normalisation)
    barrier()
    pairs = Pairs.open(folder)
    return replace(pairs, spec=spec) if args.start else pairs


def _spec(args: argparse.Namespace) -> "SpectrogramSpec":
    """Return what f_A is to hear: its mean and deviation are those of the data, or of the f_A that it begins with."""
    from s2s.rates import SAMPLE_RATE_HZ
    from s2s.spectrogram_spec import SpectrogramSpec
    from s2s.training.stages.audio_encoder import load_start_spec

    if not 0.5 <= args.clip_seconds <= 60.0:
        raise ValueError(f"--clip-seconds: expected 0.5 to 60, got {args.clip_seconds:g}")
    clip_samples = round(args.clip_seconds * SAMPLE_RATE_HZ)
    if args.start is None:
        return SpectrogramSpec(clip_samples=clip_samples)
    spec = replace(load_start_spec(args.start), clip_samples=clip_samples)
    if args.normalisation not in (None, spec.normalisation):
        raise ValueError(
            f"--normalisation {args.normalisation}: {args.start} hears by {spec.normalisation} normalisation, and what "
            "goes on from it does too; leave the option out"
        )
    return spec


def _pair_source(args: argparse.Namespace) -> "PairSource":
    from s2s.data.esc10 import TRAINING_FOLDS, read_recordings
    from s2s.training.inputs.pair_sources import ChosenMoments, WorldPairs, moments_of
    from s2s.training.inputs.sources import open_source
    from s2s.world.takes import WorldTakes

    source = open_source(args.data)
    if isinstance(source, WorldTakes):
        if args.moments or args.clip_seconds != 10.0:
            raise ValueError("--moments and --clip-seconds are for films; the world's takes are one moment each")
        recordings = read_recordings(args.recordings, TRAINING_FOLDS) if args.recordings else []
        return WorldPairs(source, recordings)
    if args.recordings:
        raise ValueError("--recordings go with the world's takes alone: films have sounds of their own")
    frame = args.frame or ("top1" if args.moments else "middle")
    if frame == "middle":
        return ChosenMoments(source, args.px, clip_s=args.clip_seconds)
    if args.moments is None:
        raise ValueError("--frame top1 needs --moments: write them with `python -m s2s select`")
    return ChosenMoments(source, args.px, moments_of(source, args.moments), args.top, args.clip_seconds)
