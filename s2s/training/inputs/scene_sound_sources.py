"""Where the sounds come from that ears are trained on: the world's takes, recordings, and sounds that are no scene."""

import zlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np

from s2s.data.clip_source import Sound
from s2s.data.corpus import Split
from s2s.data.esc10 import Recording
from s2s.data.scene_recordings import recording_of
from s2s.training.inputs.scene_sounds import SceneSound
from s2s.world.sounds.space import FAR_DBFS, NEAR_DBFS
from s2s.world.sounds.unknown import synthesize_unknown
from s2s.world.state import SCENES, draw_state
from s2s.world.takes import WorldTakes, take_id

RECORDINGS_SHARE: Final = 0.25
UNKNOWN_SHARE: Final = 0.15
"""Of every batch: how much is recorded, and how much is none of the scenes, recorded or not."""
NEARNESS_DB: Final = NEAR_DBFS - FAR_DBFS
"""How much louder the world's nearest is than its farthest."""
_HELD_OUT_EVERY: Final = 6  # of the recordings, and of the unknown sounds
_FIRST_SEED: Final = 6_000_000  # of what recordings stand for, and of unknown sounds
_LOUD_SHARE: Final = 0.3
_FRAME: Final = 800  # samples: 50 ms


@dataclass(frozen=True, slots=True)
class EarSounds:
    """A `SceneSoundSource`: the world's takes, recordings of its scenes or none, `num_unknown` made-up others."""

    takes: WorldTakes
    recordings: Sequence[Recording] = ()
    num_unknown: int = 0
    sounds: Sequence[SceneSound] = field(init=False)

    def __post_init__(self) -> None:
        listed = [*self._of_takes(), *self._of_recordings(), *self._of_unknown()]
        object.__setattr__(self, "sounds", tuple(_weighted(listed)))

    def read(self, number: int) -> Sound:
        """Return sound `number`."""
        takes, recordings = len(self.takes.ids), len(self.recordings)
        if number < takes:
            return self.takes.sound(take_id(number))
        if number < takes + recordings:
            return self.recordings[number - takes].sound
        return synthesize_unknown(_FIRST_SEED + number - takes - recordings)

    def _of_takes(self) -> list[SceneSound]:
        states = [self.takes.counts.state(take) for take in range(len(self.takes.ids))]
        splits = [self.takes.split(one) for one in self.takes.ids]
        return [
            SceneSound(take_id(take), split, state, state.nearness, state.hour, False, 1.0)
            for take, (state, split) in enumerate(zip(states, splits, strict=True))
        ]

    def _of_recordings(self) -> list[SceneSound]:
        listed = []
        for one, split in zip(self.recordings, splits_of(self.recordings), strict=True):
            name = f"{one.scene}/{one.path.stem}"
            nearness = nearness_by_level(one.sound)
            known = one.scene in SCENES
            seed = _FIRST_SEED + zlib.crc32(name.encode()) % 1_000_000
            state = replace(draw_state(one.scene, seed), nearness=min(max(nearness, 0.0), 1.0)) if known else None
            listed.append(SceneSound(name, split, state, nearness, None, True, 1.0))
        return listed

    def _of_unknown(self) -> list[SceneSound]:
        return [
            SceneSound(f"unknown-{n:05d}", "val" if n % 50 < 8 else "train", None, 0.5, None, False, 1.0)
            for n in range(self.num_unknown)
        ]


def splits_of(recordings: Sequence[Recording]) -> list[Split]:
    """Return to which part each of `recordings` belongs: of a scene's originals every sixth is held out."""
    turns: dict[str, dict[str, int]] = defaultdict(dict)
    of_scenes = [turns[one.scene].setdefault(original_of(one), len(turns[one.scene])) for one in recordings]
    return ["val" if turn % _HELD_OUT_EVERY == _HELD_OUT_EVERY - 1 else "train" for turn in of_scenes]


def original_of(recording: Recording) -> str:
    """Return which recording a clip was cut from: windows share the name before the last dash, ESC-10's the number."""
    return _original_of_stem(recording.path.stem)


def _original_of_stem(stem: str) -> str:
    parts = stem.split("-")
    return parts[1] if len(parts) == 3 and parts[0].isdecimal() and len(parts[0]) == 1 else recording_of(Path(stem))


def nearness_by_level(sound: Sound) -> float:
    """Return how near a sound [n] is by its loud moments' level, on the world's scale, which it may pass."""
    frames = sound[: len(sound) // _FRAME * _FRAME].reshape(-1, _FRAME)
    powers = np.sort(np.square(frames, dtype=np.float64).mean(axis=1))[::-1]
    loud = powers[: max(1, round(_LOUD_SHARE * len(powers)))].mean()
    level_db = 10.0 * np.log10(max(float(loud), 1e-12))
    return float((level_db - FAR_DBFS) / NEARNESS_DB)


def _weighted(sounds: Sequence[SceneSound]) -> list[SceneSound]:
    """Give recordings and unknown sounds their share. Recordings of one scene weigh alike, however many windows were
    cut from each; scenes that were recorded more often weigh more, by the root.
    """
    groups = [_group(one) for one in sounds]
    trained = [(group, _original(one)) for group, one in zip(groups, sounds, strict=True) if one.split == "train"]
    windows = Counter(trained)
    originals = Counter(group for group, _ in windows)
    roots = {group: np.sqrt(count) for group, count in originals.items() if group.startswith("recorded/")}
    shares = {group: RECORDINGS_SHARE * root / sum(roots.values()) for group, root in roots.items()}
    unknown = [group for group in ("unknown recorded", "unknown made") if originals[group]]
    shares |= {group: UNKNOWN_SHARE / len(unknown) for group in unknown}
    shares["take"] = 1.0 - sum(shares.values())
    weights = {key: float(shares[key[0]] / originals[key[0]] / count) for key, count in windows.items()}
    return [
        replace(one, weight=weights[group, _original(one)] if one.split == "train" else 0.0)
        for one, group in zip(sounds, groups, strict=True)
    ]


def _original(sound: SceneSound) -> str:
    return _original_of_stem(sound.name.rsplit("/", 1)[-1]) if sound.recorded else sound.name


def _group(sound: SceneSound) -> str:
    if sound.state is None:
        return "unknown recorded" if sound.recorded else "unknown made"
    return f"recorded/{sound.state.scene}" if sound.recorded else "take"
