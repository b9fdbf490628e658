"""`world`: the synthetic world as real video files with ground truth."""

import argparse
from pathlib import Path

from s2s.commands.arguments import Verbs, at_least, numbers
from s2s.commands.record import write_run
from s2s.world.state import SCENES


def add_to(verbs: Verbs) -> None:
    """Add the verb."""
    verb = verbs.add_parser("world", help="write the synthetic world as videos with their truth")
    verb.add_argument("out", type=Path, help="a folder: ID.mp4 and ID.json a clip, and index.jsonl")
    verb.add_argument("--clips", type=at_least(1), required=True, metavar="N")
    verb.add_argument("--px", type=at_least(32), default=256, help="side of the pictures (default 256)")
    verb.add_argument("--fps", type=float, default=10.0, help="frames a second, 10 to 60 (default 10)")
    verb.add_argument("--scenes", metavar="A,B", help=f"default: all of {', '.join(SCENES)}")
    verb.add_argument("--visible", type=numbers, metavar="LOW,HIGH", help="part of the time that the thing is there")
    verb.add_argument("--parts", type=int, choices=(1, 2), help="scenes at once; default: two in a fifth of the clips")
    verb.add_argument(
        "--sheet", action="store_true", help="also OUT/scenes.png: a picture and the sound of every scene"
    )
    verb.add_argument("--workers", type=at_least(1), default=2, help="processes (default 2)")
    verb.add_argument("--seed", type=at_least(0), default=0, help="of the first clip (default 0)")
    verb.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> None:
    from tqdm import tqdm

    from s2s.world.films import WorldFilms, write_films
    from s2s.world.studio import SceneChoice

    kind = SceneChoice(_scenes(args.scenes), _range(args.visible), args.parts)
    films = WorldFilms(args.clips, args.px, args.fps, args.seed, kind)
    done = write_films(args.out, films, workers=min(args.workers, args.clips))
    ids = list(tqdm(done, total=args.clips, unit=" clips", disable=None))
    if args.sheet:
        _save_sheet(args.out / "scenes.png", kind.scenes, args.seed)
    write_run(args.out, args, {"clips": len(ids)})
    print(f"{args.out}: {len(ids)} clips")


def _save_sheet(path: Path, scenes: tuple[str, ...], seed: int) -> None:
    from s2s.media.montage import save_png
    from s2s.world.scene_sheet import scene_sheet

    save_png(path, scene_sheet(scenes, seed))


def _scenes(text: str | None) -> tuple[str, ...]:
    if text is None:
        return SCENES
    scenes = tuple(text.split(","))
    strange = [scene for scene in scenes if scene not in SCENES]
    if strange:
        raise ValueError(f"there is no scene {strange[0]!r}; there are {', '.join(SCENES)}")
    return scenes


def _range(values: list[float] | None) -> tuple[float, float] | None:
    if values is None:
        return None
    if len(values) != 2 or not 0.0 < values[0] <= values[1] < 1.0:
        raise ValueError(f"--visible takes LOW,HIGH within 0..1, got {','.join(f'{value:g}' for value in values)}")
    return values[0], values[1]
