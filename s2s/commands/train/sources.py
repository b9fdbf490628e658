"""`train sources`: f_A and its heads, on sounds whose scenes are known: the world's takes, recordings, and others."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from s2s.commands.arguments import at_least
from s2s.commands.train.common import image_encoder_option, is_dry_run, run_of

if TYPE_CHECKING:
    from s2s.data.esc10 import Recording
    from s2s.spectrogram_spec import SpectrogramSpec
    from s2s.training.engine.loop import RunPlan
    from s2s.training.inputs.scene_sounds import SceneSounds

FLOOR = 1e-12  # of the spectrogram: -81 dB of white noise, so that a quiet room is a loud one further down


def add_options(stage: argparse.ArgumentParser) -> None:
    """Add what this stage alone takes."""
    image_encoder_option(stage)
    recordings = "real recordings in ESC-10's layout, of which folds 1 and 2 are learnt from"
    stage.add_argument("--recordings", type=Path, metavar="FOLDER", help=recordings)
    more = "real recordings in folders by scene, of which two thirds are learnt from"
    stage.add_argument("--more", type=Path, metavar="FOLDER", help=more)
    unknown = "made-up sounds of none of the scenes (default 1400)"
    stage.add_argument("--unknown", type=at_least(0), default=1400, metavar="N", help=unknown)
    floor = f"of the spectrogram (default {FLOOR:g}; with --from: that one's)"
    stage.add_argument("--floor", type=float, help=floor)
    start = "begin with this stage's or bundle's f_A and heads, and hear by its spectrogram, mean and deviation with it"
    stage.add_argument("--from", dest="start", type=Path, metavar="FOLDER", help=start)


def run(args: argparse.Namespace) -> None:
    """Train f_A and its heads."""
    from s2s.training.stages.audio_encoder import load_start
    from s2s.training.stages.sources import SourcesSettings, load_start_heads, train_sources

    with run_of(SourcesSettings, args) as (plan, settings, cache):
        if not is_dry_run(args, settings):
            start = load_start(args.start) if args.start else None
            start_heads = load_start_heads(args.start) if args.start else None
            train_sources(_sounds(args, plan, cache), settings, plan, start, start_heads)


def _sounds(args: argparse.Namespace, plan: "RunPlan", cache: Path) -> "SceneSounds":
    """Open the sounds; rank 0 computes what is not there yet while the others wait."""
    from s2s.training.engine.distributed import barrier
    from s2s.training.inputs.scene_sound_sources import EarSounds
    from s2s.training.inputs.scene_sounds import SceneSounds, write_scene_sounds
    from s2s.training.inputs.sources import open_source
    from s2s.training.stages.image_encoder import load_image_encoder
    from s2s.world.takes import WorldTakes

    spec, takes, folder = _spec(args), open_source(args.data), cache / "scene_sounds"
    if not isinstance(takes, WorldTakes):
        raise ValueError(f"{args.data}: expected takes of the world (`prepare --corpus world`), got clips of films")
    if plan.device_context.is_main:
        encoder = load_image_encoder(args.image_encoder).to(plan.device_context.device)
        source = EarSounds(takes, recordings_to_learn_from(args), args.unknown)
        unmeasured = replace(spec, normalisation="clip", mean=None, deviation=None)
        write_scene_sounds(source, encoder, folder, unmeasured, takes.counts.picture_px)
    barrier()
    sounds = SceneSounds.open(folder)
    return replace(sounds, spec=spec) if args.start else sounds


def _spec(args: argparse.Namespace) -> "SpectrogramSpec":
    """Return what f_A is to hear: its mean and deviation are those of the sounds, or of the f_A that it begins with."""
    from s2s.spectrogram_spec import SpectrogramSpec
    from s2s.training.stages.audio_encoder import load_start_spec

    if args.start is None:
        return SpectrogramSpec(floor=FLOOR if args.floor is None else args.floor)
    spec = load_start_spec(args.start)
    if args.floor not in (None, spec.floor):
        raise ValueError(f"--floor {args.floor:g}: {args.start} hears down to {spec.floor:g}; leave the option out")
    if spec.normalisation != "fixed":
        raise ValueError(
            f"{args.start} hears by {spec.normalisation} normalisation, which cancels nearness: take another"
        )
    return spec


def recordings_to_learn_from(args: argparse.Namespace) -> "list[Recording]":
    """Return the recordings of `args.recordings` and `args.more` that are for training, of the scenes and of none."""
    from s2s.data.esc10 import TRAINING_FOLDS, read_recordings, read_unknown
    from s2s.data.scene_recordings import read_scene_recordings
    from s2s.world.state import SCENES

    found = []
    if args.recordings:
        found += read_recordings(args.recordings, TRAINING_FOLDS) + read_unknown(args.recordings, TRAINING_FOLDS)
    if args.more:
        found += read_scene_recordings(args.more, "train", SCENES)
    return found
