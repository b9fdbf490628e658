"""`train STAGE`: from prepared data to one trained network; under `torchrun` on many devices, with the same command."""

import argparse
import json
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeGuard, TypeVar

from s2s.card import DEFAULT_BUNDLE
from s2s.commands.arguments import Verbs, at_least, device

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from s2s.training.engine.loop import RunPlan
    from s2s.training.inputs.images import Pictures
    from s2s.training.inputs.pairs import Pairs, PairSource

_log = logging.getLogger(__name__)
T = TypeVar("T")

_STORY: Final = """A stage writes its network, its checkpoints (last and best), log.jsonl, sheets and run.json into OUT,
and goes on from the last checkpoint when it is asked again. Under `torchrun --nproc-per-node N -m s2s train …` N ranks
share every batch."""
_NEEDS_F_V: Final = ("generator", "audio-encoder")


def add_to(verbs: Verbs) -> None:
    """Add the verb and its stages."""
    train = verbs.add_parser("train", help="train one stage; goes on where it stopped", description=_STORY)
    stages = train.add_subparsers(required=True, metavar="STAGE")
    for name, (run, extra) in _STAGES.items():
        stage = stages.add_parser(name, description=_STORY)
        _add_common(stage)
        if name in _NEEDS_F_V:
            folder = "folder of the finished stage, or a bundle"
            stage.add_argument("--image-encoder", type=Path, required=True, metavar="FOLDER", help=folder)
        extra(stage)
        stage.set_defaults(run=run)


def _add_common(stage: argparse.ArgumentParser) -> None:
    stage.add_argument("data", type=Path, metavar="DATA", help="a folder that `prepare` wrote")
    stage.add_argument("out", type=Path, metavar="OUT")
    stage.add_argument("--steps", type=at_least(1), default=20_000, help="of optimisation at most (default 20000)")
    stage.add_argument("--minutes", type=float, default=float("inf"), help="of training at most, all resumes together")
    patience = "validations without a better one after which to stop (default 0: never)"
    stage.add_argument("--patience", type=at_least(0), default=0, help=patience)
    stage.add_argument("--validate-every", type=at_least(1), default=250, metavar="STEPS", help="default 250")
    stage.add_argument("--sheet-every", type=at_least(1), default=1000, metavar="STEPS", help="default 1000")
    stage.add_argument("--resume", action="store_true", help="refuse to begin anew where there is no checkpoint")
    stage.add_argument("--restart", action="store_true", help="forget what OUT holds of an earlier run")
    stage.add_argument("--cache", type=Path, help="where what is computed once is kept (default OUT/cache)")
    stage.add_argument("--device", type=device, default="cpu", help="cpu, cuda or cuda:N (default cpu)")
    stage.add_argument("--precision", choices=("auto", "float32", "bfloat16"), default="auto")
    stage.add_argument("--compile", action="store_true", help="let torch compile the network first; takes minutes")
    stage.add_argument("--threads", type=int, default=0, help="0: as many as there are cores")
    stage.add_argument("--tensorboard", action="store_true", help="log for TensorBoard as well")
    stage.add_argument("--seed", type=int, default=0, help="of everything drawn at random (default 0)")
    stage.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="one setting of the stage")
    stage.add_argument("--dry-run", action="store_true", help="print the settings and stop")


def _picture_options(stage: argparse.ArgumentParser) -> None:
    stage.add_argument("--px", type=at_least(8), default=128, help="side of the frames, as prepared (default 128)")
    each = "of each clip, spread over it (default 4)"
    stage.add_argument("--frames", type=at_least(1), default=4, metavar="N", help=each)


def _image_encoder_options(stage: argparse.ArgumentParser) -> None:
    _picture_options(stage)
    stage.add_argument("--from", dest="start", type=Path, metavar="FOLDER", help="begin with this stage's or bundle's")


def _generator_options(stage: argparse.ArgumentParser) -> None:
    _picture_options(stage)
    recipe = "light: the small generator, reconstruction first; icgan: as published"
    stage.add_argument("--recipe", choices=("light", "icgan"), default="light", help=recipe)
    stage.add_argument("--from", dest="start", type=Path, metavar="BUNDLE", help="begin with its generator")
    grow = "light: checkpoint of a run at half the resolution"
    stage.add_argument("--grow-from", type=Path, metavar="CHECKPOINT", help=grow)


def _audio_encoder_options(stage: argparse.ArgumentParser) -> None:
    stage.add_argument("--px", type=at_least(8), default=128, help="side of the frames, as prepared (default 128)")
    stage.add_argument("--moments", type=Path, metavar="FILE.json", help="as `select` or the authors wrote it")
    frame = "of each clip: the first of --moments, or the middle one (default: top1 where --moments is given)"
    stage.add_argument("--frame", choices=("top1", "middle"), help=frame)
    top = "frames of --moments to learn from, one at a step (default 1, as published)"
    stage.add_argument("--top", type=at_least(1), default=1, metavar="K", help=top)
    seconds = "of sound, around the frame (default 10)"
    stage.add_argument("--clip-seconds", type=float, default=10.0, metavar="S", help=seconds)
    norm = "fixed keeps loudness and lets f_A stream (default); clip as published"
    stage.add_argument("--normalisation", choices=("fixed", "clip"), default="fixed", help=norm)
    augmentation = "of sounds while training: a random microphone in a room (default), or none, as published"
    stage.add_argument("--augmentation", choices=("microphone", "none"), default="microphone", help=augmentation)
    stage.add_argument("--hearing", dest="augmentation", type=_of_hearing, help=argparse.SUPPRESS)  # its former name
    recordings = "the world's data only: real recordings as well, folds 1 and 2 of ESC-10's layout"
    stage.add_argument("--recordings", type=Path, metavar="FOLDER", help=recordings)
    stage.add_argument("--from", dest="start", type=Path, metavar="FOLDER", help="begin with this stage's or bundle's")


def _of_hearing(text: str) -> str:
    if text not in ("microphone", "still"):
        raise argparse.ArgumentTypeError(f"expected microphone or still, got {text!r}")
    return "none" if text == "still" else text


def _localizer_options(stage: argparse.ArgumentParser) -> None:
    bundle = "folder of a finished image encoder or a bundle, whose f_V looks; default: the bundle that ships"
    stage.add_argument("--bundle", type=Path, default=DEFAULT_BUNDLE, metavar="FOLDER", help=bundle)
    stage.add_argument("--moments", type=int, default=16, help="kept of each clip (default 16)")
    maps = "which of f_V's maps, 1 the finest, 4 the last (default 3,4)"
    stage.add_argument("--stages", type=_stages, default=(3, 4), metavar="N,…", help=maps)


def _autoencoder_options(stage: argparse.ArgumentParser) -> None:
    _picture_options(stage)
    stage.add_argument("--from", dest="start", type=Path, metavar="FOLDER", help="begin with this finished stage's")


def _judge_options(stage: argparse.ArgumentParser) -> None:
    _picture_options(stage)
    stage.add_argument("--weights", type=Path, help="inception: what to fine-tune, a state dict of torchvision's")


def _stages(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


@contextmanager
def _run_of(kind: type[T], args: argparse.Namespace, **more: Any) -> Iterator[tuple["RunPlan", T, Path]]:
    """Yield the plan, the settings and the cache of a run on this rank. Raises ValueError for settings that are off."""
    import torch

    from s2s.data.ranks import Rank
    from s2s.training.engine.device import open_device_context
    from s2s.training.engine.loop import RunLength, RunPlan

    settings = settings_of(kind, args.set, **more)
    rank = Rank.of(os.environ)
    torch.set_num_threads(args.threads or rank.cores())
    length = RunLength(args.steps, args.minutes, args.patience, args.validate_every, args.sheet_every)
    with open_device_context(args.device, precision=args.precision, compiled=args.compile, rank=rank) as device_context:
        plan = RunPlan(args.out, length, device_context, args.seed, args.resume, args.restart, args.tensorboard)
        yield plan, settings, args.cache or args.out / "cache"


def settings_of(kind: type[T], pairs: list[str], **more: Any) -> T:
    """Build a stage's settings from NAME=VALUE pairs; raises ValueError that names the known ones, or the value."""
    import pydantic

    from s2s.training.engine.renamed import setting_name

    # A setting of its own settings is given part by part: augmentation.gain_db.
    groups = {name: asdict(value) for name, value in more.items() if _has_parts(value)}
    parts = {f"{name}.{part}" for name, group in groups.items() for part in group}
    known = (set(kind.__dataclass_fields__) - set(more)) | parts  # type: ignore[attr-defined]
    values: dict[str, Any] = dict(more)
    for pair in pairs:
        given, _, text = pair.partition("=")
        name = setting_name(given)
        if name not in known:
            raise ValueError(f"no setting {given!r}; known: {', '.join(sorted(known))}")
        try:
            value = json.loads(text)
        except json.JSONDecodeError:
            value = text  # words need no quotes
        group, _, part = name.rpartition(".")
        if group:
            values[group] = groups[group] = {**groups[group], part: value}
        else:
            values[name] = value
    try:
        return pydantic.TypeAdapter(kind).validate_python(values)
    except pydantic.ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ValueError(f"setting {where}: {first['msg']}, got {first['input']!r}") from error


def _has_parts(value: object) -> TypeGuard["DataclassInstance"]:
    return is_dataclass(value) and not isinstance(value, type)


def _dry(args: argparse.Namespace, settings: Any) -> bool:
    if args.dry_run:
        import yaml

        told = {name: value for name, value in vars(args).items() if name not in ("run", "set")}
        print(yaml.safe_dump(json.loads(json.dumps({**told, "settings": asdict(settings)}, default=str))), end="")
    return bool(args.dry_run)


def _pictures(args: argparse.Namespace, plan: "RunPlan", cache: Path) -> "Pictures":
    """Open pictures; rank 0 decodes what is not there yet while the others wait."""
    from s2s.training.engine.distributed import barrier
    from s2s.training.inputs.images import ImageOptions, open_pictures
    from s2s.training.inputs.sources import open_source

    options, folder, source = ImageOptions(args.px, args.frames), cache / "pictures", open_source(args.data)
    if plan.device_context.is_main:
        open_pictures(source, folder, options)
    barrier()
    return open_pictures(source, folder, options, writes=False)


def _train_image_encoder(args: argparse.Namespace) -> None:
    from s2s.training.stages.image_encoder import ImageEncoderSettings, load_image_encoder, train_image_encoder

    with _run_of(ImageEncoderSettings, args) as (plan, settings, cache):
        if not _dry(args, settings):
            start = load_image_encoder(args.start) if args.start else None
            train_image_encoder(_pictures(args, plan, cache), settings, plan, start)


def _train_generator(args: argparse.Namespace) -> None:
    from s2s.models.image_encoder import ImageEncoder
    from s2s.training.stages.generator_light import GeneratorSettings, Start, bundled_generator, train_generator
    from s2s.training.stages.image_encoder import load_image_encoder

    if args.recipe == "icgan":
        _train_instance_gan(args)
        return
    with _run_of(GeneratorSettings, args) as (plan, settings, cache):
        if not _dry(args, settings):
            encoder = load_image_encoder(args.image_encoder)
            if not isinstance(encoder, ImageEncoder):
                raise ValueError("the light recipe's discriminator looks through the small f_V: take --recipe icgan")
            start = Start(bundled_generator(args.start) if args.start else None, args.grow_from)
            train_generator(_pictures(args, plan, cache), encoder, settings, plan, start)


def _train_instance_gan(args: argparse.Namespace) -> None:
    from s2s import bundle
    from s2s.models.biggan import BigGanGenerator
    from s2s.training.stages.generator_icgan import InstanceGanSettings, train_instance_gan
    from s2s.training.stages.image_encoder import load_image_encoder

    if args.grow_from:
        raise ValueError("--grow-from is for the light recipe: the published generator is trained at its full size")
    with _run_of(InstanceGanSettings, args) as (plan, settings, cache):
        if not _dry(args, settings):
            start = bundle.load_generator(args.start) if args.start else None
            if not isinstance(start, BigGanGenerator | None):
                raise ValueError(f"{args.start} holds a light generator: take --recipe light")
            encoder = load_image_encoder(args.image_encoder)
            train_instance_gan(_pictures(args, plan, cache), encoder, settings, plan, start)


def _train_audio_encoder(args: argparse.Namespace) -> None:
    from s2s.training.augment.spectrogram_augment import NO_AUGMENTATION, SpectrogramAugmentation
    from s2s.training.stages.audio_encoder import AudioEncoderSettings, load_start, train_audio_encoder

    augmentation = NO_AUGMENTATION if args.augmentation == "none" else SpectrogramAugmentation()
    with _run_of(AudioEncoderSettings, args, augmentation=augmentation) as (plan, settings, cache):
        if not _dry(args, settings):
            start = load_start(args.start) if args.start else None
            train_audio_encoder(_pairs(args, plan, cache), settings, plan, start)


def _pairs(args: argparse.Namespace, plan: "RunPlan", cache: Path) -> "Pairs":
    """Open pairs; rank 0 computes what is not there yet while the others wait."""
    from s2s.training.engine.distributed import barrier
    from s2s.training.inputs.pairs import Pairs, write_pairs
    from s2s.training.stages.image_encoder import load_image_encoder

    if not 0.5 <= args.clip_seconds <= 60.0:
        raise ValueError(f"--clip-seconds: expected 0.5 to 60, got {args.clip_seconds:g}")
    folder = cache / "pairs"
    if plan.device_context.is_main:
        from s2s.spectrogram_spec import SpectrogramSpec

        encoder = load_image_encoder(args.image_encoder)
        spec = SpectrogramSpec(clip_samples=round(args.clip_seconds * 16_000))
        write_pairs(_pair_source(args), encoder.to(plan.device_context.device), folder, spec, args.normalisation)
    barrier()
    return Pairs.open(folder)


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


def _train_localizer(args: argparse.Namespace) -> None:
    from s2s.training.engine.distributed import barrier
    from s2s.training.inputs.moments import MomentOptions, Moments, write_moments
    from s2s.training.inputs.sources import open_source
    from s2s.training.stages.image_encoder import load_image_encoder
    from s2s.training.stages.localizer import LocalizerSettings, train_localizer

    with _run_of(LocalizerSettings, args) as (plan, settings, cache):
        if not _dry(args, settings):
            kept = MomentOptions(args.moments, args.stages, seed=args.seed)
            if plan.device_context.is_main:
                encoder = load_image_encoder(args.bundle).to(plan.device_context.device)
                write_moments(open_source(args.data), encoder, cache / "moments", kept)
            barrier()
            train_localizer(Moments.open(cache / "moments"), settings, plan)


def _train_autoencoder(args: argparse.Namespace) -> None:
    from s2s.training.inputs.sources import open_source
    from s2s.training.stages.autoencoder import AutoencoderSettings, load_autoencoder, train_autoencoder
    from s2s.world.takes import WorldTakes

    with _run_of(AutoencoderSettings, args) as (plan, settings, cache):
        if not _dry(args, settings):
            source = open_source(args.data)
            masks = source.masks if isinstance(source, WorldTakes) else None
            start = load_autoencoder(args.start) if args.start else None
            train_autoencoder(_pictures(args, plan, cache), settings, plan, masks, start)


def _train_judge(args: argparse.Namespace) -> None:
    from s2s.training.stages.judge import JudgeSettings, train_judge

    with _run_of(JudgeSettings, args) as (plan, settings, cache):
        if not _dry(args, settings):
            train_judge(_pictures(args, plan, cache), settings, plan, args.weights)


def _train_thing_judge(args: argparse.Namespace) -> None:
    from s2s.training.inputs.thing_images import Things
    from s2s.training.stages.thing_judge import ThingJudgeSettings, train_thing_judge

    with _run_of(ThingJudgeSettings, args) as (plan, settings, _):
        if not _dry(args, settings):
            train_thing_judge(Things.open(args.data), settings, plan)


def _no_options(_stage: argparse.ArgumentParser) -> None:
    """Take no option of one's own."""


_STAGES: Final[dict[str, tuple[Callable[[argparse.Namespace], None], Callable[[argparse.ArgumentParser], None]]]] = {
    "image-encoder": (_train_image_encoder, _image_encoder_options),
    "generator": (_train_generator, _generator_options),
    "autoencoder": (_train_autoencoder, _autoencoder_options),
    "localizer": (_train_localizer, _localizer_options),
    "audio-encoder": (_train_audio_encoder, _audio_encoder_options),
    "judge": (_train_judge, _judge_options),
    "thing-judge": (_train_thing_judge, _no_options),
}
