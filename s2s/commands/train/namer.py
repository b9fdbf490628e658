"""`train namer`: a network that hears names, on the world's takes, recordings, and sounds of none of the scenes."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from s2s.commands.arguments import at_least
from s2s.commands.train.common import is_dry_run, run_of
from s2s.commands.train.sources import FLOOR, recordings_to_learn_from

if TYPE_CHECKING:
    from s2s.data.esc10 import Recording
    from s2s.training.engine.loop import RunPlan
    from s2s.training.inputs.band_sounds import BandSounds

SPEEDS: Final = (0.84, 0.92, 1.0, 1.09, 1.19)
"""At which each recording is heard: three semitones lower to three higher, and as much slower and faster."""


def add_options(stage: argparse.ArgumentParser) -> None:
    """Add what this stage alone takes."""
    recordings = "real recordings in ESC-10's layout, of which folds 1 and 2 are learnt from"
    stage.add_argument("--recordings", type=Path, metavar="FOLDER", help=recordings)
    more = "real recordings in folders by scene, of which two thirds are learnt from"
    stage.add_argument("--more", type=Path, metavar="FOLDER", help=more)
    unknown = "made-up sounds of none of the scenes (default 640)"
    stage.add_argument("--unknown", type=at_least(0), default=640, metavar="N", help=unknown)
    floor = f"of the spectrogram (default {FLOOR:g}): that of the bundle whose names it shall hear"
    stage.add_argument("--floor", type=float, default=FLOOR, help=floor)


def run(args: argparse.Namespace) -> None:
    """Train a namer."""
    from s2s.training.stages.namer import NamerSettings, train_namer

    with run_of(NamerSettings, args) as (plan, settings, cache):
        if not is_dry_run(args, settings):
            train_namer(_sounds(args, plan, cache), settings, plan)


def _sounds(args: argparse.Namespace, plan: "RunPlan", cache: Path) -> "BandSounds":
    """Open the sounds; rank 0 computes what is not there yet while the others wait."""
    from s2s.spectrogram_spec import SpectrogramSpec
    from s2s.training.engine.distributed import barrier
    from s2s.training.inputs.band_sounds import BandSounds, write_band_sounds
    from s2s.training.inputs.scene_sound_sources import EarSounds
    from s2s.training.inputs.sources import open_source
    from s2s.world.takes import WorldTakes

    takes, folder = open_source(args.data), cache / "band_sounds"
    if not isinstance(takes, WorldTakes):
        raise ValueError(f"{args.data}: expected takes of the world (`prepare --corpus world`), got clips of films")
    if plan.device_context.is_main:
        recordings = [at_speed(one, speed) for one in recordings_to_learn_from(args) for speed in SPEEDS]
        write_band_sounds(EarSounds(takes, recordings, args.unknown), folder, SpectrogramSpec(floor=args.floor))
    barrier()
    return BandSounds.open(folder)


def at_speed(recording: "Recording", speed: float) -> "Recording":
    """Return a recording as it is when it is played so many times as fast, its pitch as much higher."""
    import torch
    from torchaudio.functional import resample

    from s2s.rates import SAMPLE_RATE_HZ

    if speed == 1.0:
        return recording
    sound = torch.from_numpy(recording.whole).float()
    return replace(recording, whole=resample(sound, round(SAMPLE_RATE_HZ * speed), SAMPLE_RATE_HZ).numpy())
