"""`train STAGE` and `bundle`: from prepared data to a model bundle."""

import argparse
import json
from pathlib import Path
from typing import Any

from s2s.card import DEFAULT_BUNDLE
from s2s.commands.arguments import Verbs


def add_to(verbs: Verbs) -> None:
    """Add the two verbs."""
    _add_train(verbs)
    _add_bundle(verbs)


def _add_train(verbs: Verbs) -> None:
    train = verbs.add_parser("train", help="train one stage; goes on where it stopped")
    stages = train.add_subparsers(required=True, metavar="STAGE")
    runs = {
        "image-encoder": _train_image_encoder,
        "generator": _train_generator,
        "audio-encoder": _train_audio_encoder,
        "localizer": _train_localizer,
        "judge": _train_judge,
    }
    for name, run in runs.items():
        stage = stages.add_parser(name)
        stage.add_argument("data", type=Path)
        stage.add_argument("out", type=Path)
        stage.add_argument("--steps", type=int, default=1_000_000)
        stage.add_argument("--minutes", type=float, default=float("inf"), help="of training, all resumes together")
        stage.add_argument("--threads", type=int, default=0, help="0: as many as there are cores")
        stage.add_argument("--seed", type=int, default=0)
        stage.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="one setting of the stage")
        if name in ("generator", "audio-encoder"):
            stage.add_argument("--image-encoder", type=Path, required=True, help="folder of the finished stage")
        if name == "generator":
            stage.add_argument("--grow-from", type=Path, help="checkpoint of a run at half the resolution")
        if name == "audio-encoder":
            stage.add_argument("--recordings", type=Path, help="real recordings, folds 1 and 2 of ESC-10's layout")
        if name == "localizer":
            bundle = "its f_V looks; default: the one that ships"
            stage.add_argument("--bundle", type=Path, default=DEFAULT_BUNDLE, metavar="BUNDLE", help=bundle)
            stage.add_argument("--moments", type=int, default=16, help="kept of each clip (default 16)")
            maps = "which of f_V's maps, 1 the finest, 4 the last (default 3,4)"
            stage.add_argument("--stages", type=_stages, default=(3, 4), metavar="N,…", help=maps)
        stage.set_defaults(run=run)


def _stages(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


def _length_and_data(asked: argparse.Namespace) -> tuple[Any, Any]:
    import torch

    from s2s.training.data import WorldData
    from s2s.training.loop import RunLength

    if asked.threads:
        torch.set_num_threads(asked.threads)
    return RunLength(asked.steps, asked.minutes), WorldData.open(asked.data)


def _settings(kind: Any, asked: argparse.Namespace) -> Any:
    """Build the stage's settings from `--set NAME=VALUE`; raises ValueError that names the known ones."""
    known = set(kind.__dataclass_fields__) - {"seed", "hearing"}
    values: dict[str, Any] = {"seed": asked.seed}
    for pair in asked.set:
        name, _, text = pair.partition("=")
        if name not in known:
            raise ValueError(f"no setting {name!r}; known: {', '.join(sorted(known))}")
        value = json.loads(text)
        values[name] = tuple(value) if isinstance(value, list) else value
    return kind(**values)


def _train_image_encoder(asked: argparse.Namespace) -> None:
    from s2s.training.image_encoder import ImageEncoderSettings, train_image_encoder

    length, data = _length_and_data(asked)
    train_image_encoder(data, asked.out, _settings(ImageEncoderSettings, asked), length)


def _train_generator(asked: argparse.Namespace) -> None:
    from s2s.training.generator import GeneratorSettings, train_generator
    from s2s.training.image_encoder import load_image_encoder

    length, data = _length_and_data(asked)
    encoder = load_image_encoder(asked.image_encoder)
    settings = _settings(GeneratorSettings, asked)
    train_generator(data, encoder, asked.out, settings, length, grow_from=asked.grow_from)


def _train_audio_encoder(asked: argparse.Namespace) -> None:
    from s2s.training.audio_encoder import AudioEncoderSettings, train_audio_encoder
    from s2s.training.image_encoder import load_image_encoder
    from s2s.training.recordings import TRAINING_FOLDS, read_recordings

    length, data = _length_and_data(asked)
    recordings = read_recordings(asked.recordings, TRAINING_FOLDS) if asked.recordings else []
    encoder = load_image_encoder(asked.image_encoder)
    train_audio_encoder(data, encoder, asked.out, _settings(AudioEncoderSettings, asked), length, recordings)


def _train_localizer(asked: argparse.Namespace) -> None:
    import torch

    from s2s import bundle
    from s2s.data.prepared import PreparedData
    from s2s.selection.features import MomentsAsked, write_moments
    from s2s.training.localizer import LocalizerSettings, train_localizer
    from s2s.training.loop import RunLength

    if asked.threads:
        torch.set_num_threads(asked.threads)
    settings, length = _settings(LocalizerSettings, asked), RunLength(asked.steps, asked.minutes)
    kept = MomentsAsked(asked.moments, asked.stages, seed=asked.seed)
    source, encoder = PreparedData.open(asked.data), bundle.load_image_encoder(asked.bundle)
    moments = write_moments(source, encoder, asked.out / "moments", kept)
    train_localizer(moments, asked.out, settings, length)


def _train_judge(asked: argparse.Namespace) -> None:
    from s2s.training.judge import JudgeSettings, train_judge

    length, data = _length_and_data(asked)
    train_judge(data, asked.out, _settings(JudgeSettings, asked), length)


def _add_bundle(verbs: Verbs) -> None:
    verb = verbs.add_parser("bundle", help="measure finished stages on held-out takes and write a model bundle")
    verb.add_argument("data", type=Path)
    verb.add_argument("out", type=Path)
    for stage in ("image-encoder", "generator", "audio-encoder", "judge"):
        verb.add_argument(f"--{stage}", type=Path, required=True, help="folder of the finished stage")
    verb.add_argument("--recordings", type=Path, help="real recordings: adds the numbers of fold 3")
    verb.add_argument("--name", default="Small world")
    verb.add_argument("--version", default="1")
    verb.add_argument("--story", type=Path, required=True, help="YAML with `provenance` and `data`, for the card")
    verb.set_defaults(run=_bundle)


def _bundle(asked: argparse.Namespace) -> None:
    import yaml

    from s2s.training import assemble
    from s2s.training.data import WorldData

    story = yaml.safe_load(asked.story.read_text())
    if not isinstance(story, dict) or set(story) != {"provenance", "data"}:
        raise ValueError(f"{asked.story} must hold exactly the keys `provenance` and `data`")
    stages = assemble.Stages(asked.image_encoder, asked.generator, asked.audio_encoder, asked.judge)
    networks, data = assemble.load_networks(stages), WorldData.open(asked.data)
    metrics = assemble.measured(networks, data, asked.recordings)
    assemble.write_bundle(asked.out, networks, metrics, name=asked.name, version=asked.version, story=story)
    assemble.write_thumbnail(asked.out / "thumbnail.png", networks, data)
    print(json.dumps(metrics, indent=1))
