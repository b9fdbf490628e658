"""Films of any kind by PyAV: their tracks, and each picture with the time it is shown.

Torch-free. Called from any thread; every call opens its own file. Files are strangers: nothing a header says is used
to allocate, and nothing but the file itself is opened.
"""

import contextlib
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import av
import numpy as np
from av.container.input import InputContainer
from av.sidedata.sidedata import Type as SideDataType
from av.stream import Disposition
from av.video.reformatter import Colorspace, ColorTrc, Interpolation, VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from s2s.files.names import UnreadableFileError
from s2s.media.container import Damage, best_first, decoded, opened

Frames = NDArray[np.uint8]

_EARLY_S: Final = 0.002  # Matroska rounds times to a millisecond: a picture of 1/6 s is shown at 0.167
_USUAL_RATE_HZ: Final = 25.0
_UNKNOWN_COLORS: Final = 2  # ITU-T H.273: unspecified
_HIGH_DYNAMIC_RANGE: Final = (ColorTrc.SMPTE2084, ColorTrc.ARIB_STD_B67)
_SCALING: Final = (
    Interpolation.BICUBIC
    # Without these swscale loses two levels of brightness and a tenth of the colour's sharpness, and differs by CPU.
    | Interpolation.ACCURATE_RND
    | Interpolation.FULL_CHR_H_INT
    | Interpolation.FULL_CHR_H_INP
    | Interpolation.BITEXACT
)


class VideoFileError(UnreadableFileError):
    """A film that cannot be used; `path` is the file, `reason` why."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a film, on the screen from `from_s` on; `until_s` is what its own duration says."""

    from_s: float
    until_s: float
    frame: av.VideoFrame

    @property
    def is_high_dynamic_range(self) -> bool:
        """Whether its light is coded for HDR screens (PQ or HLG); shown as it is, it looks pale."""
        return self.frame.color_trc in _HIGH_DYNAMIC_RANGE


def open_film(path: Path | str) -> contextlib.AbstractContextManager[InputContainer]:
    """Open a film, or a file of sound alone. What FFmpeg cannot do while it is open is a VideoFileError, too."""
    return opened(Path(path), VideoFileError, "a film")


def picture_track(container: InputContainer) -> VideoStream | None:
    """Return the track to see: FFmpeg's best that can be decoded and is no cover; None where there is none."""
    tracks = [stream for stream in container.streams.video if not _is_cover(stream)]
    return next(iter(best_first(tracks, container, "video")), None)


def pictures(container: InputContainer, track: VideoStream, damage: Damage, threads: int = 1) -> Iterator[Picture]:
    """Yield the pictures of a track in the order of time; one that is not later than the last is left out.

    Raises VideoFileError for pictures of more than `LARGEST_PIXELS`.
    """
    usual_s = float(1 / track.average_rate) if track.average_rate else 1 / _USUAL_RATE_HZ
    last: Picture | None = None
    for frame in decoded(container, track, damage, threads):
        assert isinstance(frame, av.VideoFrame)
        after_s = 0.0 if last is None else last.until_s
        from_s = after_s if frame.time is None else float(frame.time)
        lasts_s = float(frame.duration * frame.time_base) if frame.duration > 0 and frame.time_base else usual_s
        if last is None or from_s > last.from_s:
            last = Picture(from_s, from_s + lasts_s, frame)
            yield last


def sampled(
    shown: Iterable[Picture], rate_hz: float, start_s: float | None = None, *, stands_on_s: float = 0.0
) -> Iterator[Picture]:
    """Yield what is on the screen at `start_s`, `start_s` + 1 / `rate_hz`, …: the last picture that began by then.

    Before the first picture it is the first, after the end of the last the last, for `stands_on_s`; without `start_s`
    the first one's time is the start. Pictures may come at any rate: one that is shown for long is yielded many times,
    one that is gone before its moment never.
    """
    number, on_screen = 0, None
    for picture in shown:
        start_s = picture.from_s if start_s is None else start_s
        while on_screen is not None and start_s + number / rate_hz < picture.from_s - _EARLY_S:
            yield on_screen
            number += 1
        on_screen = picture
    if on_screen is not None and start_s is not None:
        while start_s + number / rate_hz < on_screen.until_s + stands_on_s - _EARLY_S:
            yield on_screen
            number += 1


class Squash:
    """Turns pictures upright and squashes them to squares of `side_px`, whatever their aspect, as published.

    Bicubic and anti-aliased. Owns the scaler, so one serves one thread; a change of size within a film is no matter.
    """

    def __init__(self, side_px: int) -> None:
        self.side_px = side_px
        self._scaler = VideoReformatter()

    def __call__(self, frame: av.VideoFrame) -> Frames:
        """Return RGB [side_px, side_px, 3]. Raises VideoFileError's cause, `av.FFmpegError`, for unknown formats."""
        scaled = self._scaler.reformat(
            frame,
            self.side_px,
            self.side_px,
            "rgb24",
            src_colorspace=_colorspace(frame),
            interpolation=_SCALING,
            threads=1,
        )
        pixels = np.asarray(scaled.to_ndarray(), np.uint8)
        return np.ascontiguousarray(upright(pixels, _display_matrix(frame)))


def upright(pixels: Frames, matrix: NDArray[np.int32] | None) -> Frames:
    """Turn and mirror pixels [h, w, 3] by a display matrix [9] as MP4 has it, to the nearest quarter turn.

    (x, y) goes to (a x + c y, b x + d y), y pointing down (ISO/IEC 14496-12, section 8.3.2).
    """
    if matrix is None:
        return pixels
    a, b, c, d = (int(matrix[place]) for place in (0, 1, 3, 4))
    lying = abs(b) > abs(a)
    turned = pixels.transpose(1, 0, 2) if lying else pixels
    across, down = (c, b) if lying else (a, d)
    turned = turned[:, ::-1] if across < 0 else turned
    return turned[::-1] if down < 0 else turned


def read_frames(path: Path | str, side_px: int, rate_hz: float = 10.0, *, max_frames: int = 6_000) -> Frames:
    """Return a film's frames [n, side_px, side_px, 3], `rate_hz` a second from its first picture on.

    Frame k is what is on the screen k / `rate_hz` seconds after the first appeared; what follows `max_frames` is not
    looked at. Raises VideoFileError.
    """
    squash = Squash(side_px)
    frames: list[Frames] = []
    with open_film(path) as film:
        if (track := picture_track(film)) is not None:
            last: Picture | None = None
            for picture in itertools.islice(sampled(pictures(film, track, Damage()), rate_hz), max_frames):
                frames.append(frames[-1] if picture is last else squash(picture.frame))
                last = picture
    if not frames:
        raise VideoFileError(Path(path), "holds no picture that can be decoded")
    return np.stack(frames)


def read_frame_at(path: Path | str, at_s: float, longest_px: int) -> Frames:
    """Return what a film shows `at_s` seconds after its first picture, in its own shape, RGB [h, w, 3].

    Its longer side is at most `longest_px`. Sought by the file's index, so that little is decoded; beyond the end it is
    the last picture. Raises VideoFileError.
    """
    with open_film(path) as film:
        if (track := picture_track(film)) is not None:
            begin_s = float((track.start_time or 0) * (track.time_base or 0))
            film.seek(max(0, round((begin_s + at_s) * av.time_base)))
            shown = None
            for picture in pictures(film, track, Damage()):
                if shown is not None and picture.from_s > begin_s + at_s + _EARLY_S:
                    break
                shown = picture
            if shown is not None:
                return _small(shown.frame, longest_px)
    raise VideoFileError(Path(path), "holds no picture that can be decoded")


def _small(frame: av.VideoFrame, longest_px: int) -> Frames:
    """Return a picture upright, in its own shape."""
    scale = min(1.0, longest_px / max(frame.width, frame.height))
    width, height = (max(1, round(side * scale)) for side in (frame.width, frame.height))
    space = _colorspace(frame)
    scaled = VideoReformatter().reformat(
        frame, width, height, "rgb24", src_colorspace=space, interpolation=_SCALING, threads=1
    )
    return np.ascontiguousarray(upright(np.asarray(scaled.to_ndarray(), np.uint8), _display_matrix(frame)))


def _is_cover(track: VideoStream) -> bool:
    return bool(track.disposition & (Disposition.attached_pic | Disposition.timed_thumbnails))


def _colorspace(frame: av.VideoFrame) -> Colorspace | None:
    """Return what players take untagged colours for: BT.709 for large pictures, BT.601 (None) for small ones."""
    is_large = frame.width >= 1280 or frame.height >= 720
    return Colorspace.ITU709 if is_large and frame.colorspace == _UNKNOWN_COLORS and not frame.format.is_rgb else None


def _display_matrix(frame: av.VideoFrame) -> NDArray[np.int32] | None:
    side_data: Any = frame.side_data  # not the dict that PyAV's types make it
    data = next((data for data in side_data if data.type == SideDataType.DISPLAYMATRIX), None)
    return None if data is None else np.frombuffer(bytes(data), np.int32)
