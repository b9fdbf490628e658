"""Pixels in the layouts that other programs take. Converted by FFmpeg's scaler, which lets go of Python's lock."""

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace
from numpy.typing import NDArray

from installation.output.recording import fitted
from installation.values import Pixels


def fit(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """Return `pixels` `[height, width, 3]` at `size` (width, height).

    One row or column too many, an odd picture's last, is left out; everything else is shown whole, between bars.
    """
    width, height = size
    if pixels.shape[0] - height in (0, 1) and pixels.shape[1] - width in (0, 1):
        return pixels[:height, :width]
    return fitted(pixels, size)


def video_frame(pixels: Pixels, layout: str) -> av.VideoFrame:
    """Return `pixels` `[height, width, 3]` as a frame in FFmpeg's `layout`; with colour apart, by ITU-R BT.709."""
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
    if layout in ("rgba", "bgra"):
        return frame.reformat(format=layout)
    return frame.reformat(format=layout, dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG)


def packed(pixels: Pixels, layout: str) -> NDArray[np.uint8]:
    """Return `pixels` in `layout` as bytes without gaps, `[n]` uint8."""
    frame = video_frame(pixels, layout)
    rows = {"uyvy422": 2, "yuyv422": 2, "rgba": 4, "bgra": 4}
    packed_bytes: NDArray[np.uint8]
    if layout in rows:
        plane = frame.planes[0]
        lines: NDArray[np.uint8] = np.frombuffer(bytes(plane), np.uint8).reshape(-1, plane.line_size)
        packed_bytes = lines[: frame.height, : frame.width * rows[layout]].flatten()
    else:
        packed_bytes = frame.to_ndarray().astype(np.uint8, copy=False).flatten()
    return packed_bytes
