"""What a folder of clips is prepared with, and `about.json`, which remembers it. Pure but for that file."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

from s2s.files.atomic_write import write_text
from s2s.rates import FRAME_RATE_HZ, SAMPLE_RATE_HZ

SAMPLES_A_FRAME: Final = SAMPLE_RATE_HZ // FRAME_RATE_HZ
FORMAT: Final = 1
_LONGEST_CLIP_S: Final = 60.0  # three digits number a clip's frames; and a clip is held in memory


@dataclass(frozen=True, slots=True)
class PrepareSettings:
    """Everything the result depends on but the films. Raises ValueError that says what was expected.

    Clips of `clip_s` begin every `hop_s`, both in tenths of a second; of a rest, what is at least `min_s` long is a
    clip. One whose loudest second stays below `skip_silence_db` (RMS, dB of full scale) is left out; None keeps all.
    `shares` are of the recordings, for training, validation and test. Frames are JPEG of `jpeg_quality` with full
    colour resolution (4:4:4): at 90 a 224-pixel frame takes 15 to 30 kB.
    """

    px: tuple[int, ...] = (224, 128)
    clip_s: float = 10.0
    hop_s: float = 10.0
    min_s: float = 1.0
    skip_silence_db: float | None = -60.0
    shares: tuple[float, float, float] = (0.9, 0.05, 0.05)
    seed: int = 0
    jpeg_quality: int = 90
    sound_only: bool = False
    shard_mb: int = 256

    def __post_init__(self) -> None:
        if not self.px or len(set(self.px)) < len(self.px) or not all(8 <= side <= 4096 for side in self.px):
            raise ValueError(f"px: expected different sizes of 8 to 4096, got {', '.join(map(str, self.px))}")
        for name, longest_s in (("clip_s", _LONGEST_CLIP_S), ("hop_s", 86_400.0)):
            value = getattr(self, name)
            if not 0.1 <= value <= longest_s or abs(value * FRAME_RATE_HZ - round(value * FRAME_RATE_HZ)) > 1e-6:
                raise ValueError(f"{name}: expected tenths of a second, 0.1 to {longest_s:g}, got {value:g}")
        if not 0.1 <= self.min_s <= self.clip_s:
            raise ValueError(f"min_s: expected 0.1 to {self.clip_s:g} (clip_s), got {self.min_s:g}")
        if self.skip_silence_db is not None and not -200 <= self.skip_silence_db <= 0:
            raise ValueError(f"skip_silence_db: expected -200 to 0, got {self.skip_silence_db:g}")
        if len(self.shares) != 3 or not all(share >= 0 for share in self.shares) or abs(sum(self.shares) - 1) > 1e-6:
            raise ValueError(f"shares: expected three that sum to 1, got {', '.join(f'{s:g}' for s in self.shares)}")
        if not 1 <= self.jpeg_quality <= 100 or not 1 <= self.shard_mb <= 100_000:
            raise ValueError(f"expected JPEG quality 1 to 100, shards of 1 to 100000 MB, got {self}")

    @property
    def clip_frames(self) -> int:
        """Length of a clip in frames."""
        return round(self.clip_s * FRAME_RATE_HZ)

    @property
    def hop_frames(self) -> int:
        """From the beginning of one clip to the beginning of the next, in frames."""
        return round(self.hop_s * FRAME_RATE_HZ)

    @property
    def min_samples(self) -> int:
        """Length of the shortest clip."""
        return round(self.min_s * SAMPLE_RATE_HZ)


@dataclass(frozen=True, slots=True)
class About:
    """The content of `about.json`: where the clips are from and what they were made with."""

    source: str
    settings: PrepareSettings

    def write_or_check(self, folder: Path) -> None:
        """Write `about.json`, or raise ValueError where the folder holds clips that were made otherwise."""
        path = folder / "about.json"
        if path.exists():
            known, current = _read_about(path), self._to_dict()
            differing = [name for name in current if known.get(name) != current[name]]
            if differing:
                first = differing[0]
                raise ValueError(
                    f"{folder} was prepared with {_option(first)} {known.get(first)}, asked for is {current[first]}; "
                    "give what it was made with, or another folder"
                )
            return
        folder.mkdir(parents=True, exist_ok=True)
        write_text(path, json.dumps(self._to_dict(), indent=1) + "\n", shared=True)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read what a folder was made with. Raises ValueError for a folder of something else."""
        about = _read_about(folder / "about.json")
        fields = set(PrepareSettings.__dataclass_fields__)
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in about.items()
        }
        try:
            return cls(str(about["source"]), PrepareSettings(**{name: values[name] for name in fields}))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{folder / 'about.json'} is not whole: {error}") from error

    def _to_dict(self) -> dict[str, Any]:
        fixed = {"format": FORMAT, "frame_rate_hz": FRAME_RATE_HZ, "sample_rate_hz": SAMPLE_RATE_HZ}
        about = {**fixed, "source": self.source, **asdict(self.settings)}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in about.items()}


def _read_about(path: Path) -> dict[str, Any]:
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ValueError(f"{path.parent} holds no prepared clips: write some with `python -m s2s prepare`") from error
    except ValueError as error:
        raise ValueError(f"{path} is not JSON: {error}") from error
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise ValueError(f"{path.parent} holds something else than prepared clips; choose another folder")
    return about


def _option(name: str) -> str:
    return {"shares": "split"}.get(name, name.replace("_", "-"))
