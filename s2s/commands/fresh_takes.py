"""Takes of the world that no ears were trained on and no measure draws: what finished heads learn the rest from."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from s2s.data.clip_source import Sound
    from s2s.world.state import SceneState

_FIRST_SEED: Final = 15_000_000


def fresh_takes(names: "tuple[str, ...]", per_scene: int) -> "Iterator[tuple[SceneState, Sound]]":
    """Yield so many takes of each of `names` that is a scene of the world; ValueError where none is."""
    from tqdm import tqdm

    from s2s.world.sounds import synthesize
    from s2s.world.state import SCENES, draw_state

    scenes = [scene for scene in SCENES if scene in names]
    if not scenes:
        raise ValueError(f"expected ears that know scenes of the world, these know {', '.join(names)}")
    states = [draw_state(scenes[n % len(scenes)], _FIRST_SEED + n) for n in range(per_scene * len(scenes))]
    for state in tqdm(states, desc="sounds", disable=None):
        yield state, synthesize(state)
