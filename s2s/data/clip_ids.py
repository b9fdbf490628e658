"""The name of a ten-second clip of a YouTube video, in both spellings that the published data use. Pure."""

import re
from dataclasses import dataclass
from typing import Final, Self

CLIP_S: Final = 10
_VIDEO: Final = r"(?P<youtube_id>[A-Za-z0-9_-]{11})"  # dashes and underscores anywhere, also in front
_IS_VIDEO: Final = re.compile(_VIDEO)
_NUMBER: Final = r"(?:0|[1-9][0-9]{0,9})"
_SPELLINGS: Final = re.compile(rf"{_VIDEO}_(?:(?P<start_s>[0-9]{{6}})|(?P<start_ms>{_NUMBER})_(?P<end_ms>{_NUMBER}))")
_LATEST_START_S: Final = 999_999  # six digits; YouTube's longest videos are twelve hours


@dataclass(frozen=True, slots=True, order=True)
class ClipId:
    """Ten seconds of a video, from a whole second on. Raises ValueError for what YouTube or VGGSound cannot have."""

    youtube_id: str
    start_s: int

    def __post_init__(self) -> None:
        if not _IS_VIDEO.fullmatch(self.youtube_id):
            raise ValueError(f"expected a YouTube id, 11 letters, digits, - or _, got {self.youtube_id!r}")
        if not 0 <= self.start_s <= _LATEST_START_S:
            raise ValueError(f"expected a start of 0 to {_LATEST_START_S} s, got {self.start_s}")

    @property
    def stem(self) -> str:
        """Return `--0PQM4-hqg_000030`, as VGGSound names its files: the start in seconds."""
        return f"{self.youtube_id}_{self.start_s:06d}"

    @property
    def span(self) -> str:
        """Return `--0PQM4-hqg_30000_40000`, as AudioSet and the published annotation do: start and end in ms."""
        return f"{self.youtube_id}_{self.start_s * 1000}_{(self.start_s + CLIP_S) * 1000}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read either spelling. Raises ValueError."""
        found = cls.find(text)
        if found is None:
            raise ValueError(f"expected a clip like --0PQM4-hqg_000030 or --0PQM4-hqg_30000_40000, got {text!r}")
        return found

    @classmethod
    def find(cls, text: str) -> Self | None:
        """Read either spelling; None for anything else, also for a span that is no ten whole seconds."""
        match = _SPELLINGS.fullmatch(text)
        if match is None:
            return None
        if match["start_s"] is not None:
            return cls(match["youtube_id"], int(match["start_s"]))
        start_s, rest_ms = divmod(int(match["start_ms"]), 1000)
        if rest_ms or int(match["end_ms"]) != (start_s + CLIP_S) * 1000 or start_s > _LATEST_START_S:
            return None
        return cls(match["youtube_id"], start_s)


def other_spelling(text: str) -> str | None:
    """Return the same clip in the other spelling; None for what is no clip of VGGSound."""
    clip = ClipId.find(text)
    if clip is None:
        return None
    return clip.span if text == clip.stem else clip.stem
