"""What the place looked like at the chosen moments, as large as it was filmed, and what f_V sees in it.

Taken from the recordings themselves once, and kept in OUT/cache; a run that goes on finds it there.
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tqdm import tqdm

from s2s.data.annotations import read_annotation
from s2s.data.prepared import PreparedData
from s2s.files.atomic_write import write_text
from s2s.files.names import UnreadableFileError, shown
from s2s.media.images import read_image
from s2s.media.video_reader import read_frame_at
from s2s.models.image_encoder import PictureEncoder
from s2s.place_memory import FRAMES, LONGEST_PX
from s2s.retrain.layout import Layout
from s2s.retrain.memory import evenly_spread, write_frames
from s2s.retrain.photos import VenueClips
from s2s.retrain.venue import Venue
from s2s.training.inputs.image_features import encode_pictures
from s2s.training.inputs.moments import fingerprint, frame_px

_log = logging.getLogger(__name__)

MOST_S: Final = 90.0
"""For all of them: a long film without an index is decoded from its beginning."""
Frame = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class PlaceFrame:
    """A frame, RGB [h, w, 3] of at most 640 pixels a side, and what it is called: its file and its second."""

    pixels: Frame
    name: str


def remember(folder: Path, layout: Layout, encoder: PictureEncoder, seed: int, most_s: float = MOST_S) -> int:
    """Write the place's frames, as f_V `encoder` sees them, into OUT/cache; return how many lie there.

    At most `most_s` seconds are taken for it. What the same f_V has seen already stays. Once the clips are forgotten
    none are taken any more.
    """
    mark, seen_by = layout.cache / "place.txt", fingerprint(encoder)
    if layout.place.is_dir() and mark.exists() and mark.read_text(encoding="utf-8") == seen_by:
        return len(list((layout.place / FRAMES).iterdir()))
    if not layout.data.exists():
        return 0
    try:
        clips = VenueClips(PreparedData.open(layout.data), Venue.read(folder, seed).photographs)
    except (ValueError, OSError) as error:  # all else was cached by an earlier run: the folder may be elsewhere by now
        _log.warning("no photographs of the place: %s", error)
        return 0
    frames = place_frames(folder, clips, read_annotation(layout.moments).moments, most_s=most_s)
    if not frames:
        return 0
    pixels, names = [one.pixels for one in frames], [one.name for one in frames]
    write_frames(layout.place, seen_in(encoder, frames), pixels, names)
    write_text(mark, seen_by)
    return len(frames)


def place_frames(
    folder: Path,
    clips: VenueClips,
    moments: Mapping[str, Sequence[int]],
    *,
    most_s: float = MOST_S,
    clock: Callable[[], float] = time.monotonic,
) -> list[PlaceFrame]:
    """Return a frame of each clip at its first moment; of many clips, of 512 evenly spread ones.

    `folder` is what the clips were prepared from. What cannot be read is left out with a line in the log; after
    `most_s` seconds of `clock` no more are read.
    """
    ends_at, ids = clock() + most_s, [clip_id for clip_id in clips.ids if moments.get(clip_id)]
    chosen = [(ids[row], moments[ids[row]][0]) for row in evenly_spread(len(ids))]
    frames, kept = _read(folder, clips, chosen), []
    for frame in tqdm(frames, desc="photographs of the place", total=len(chosen), disable=None):
        kept.append(frame)
        if clock() > ends_at:
            _log.info("%d of %d photographs of the place are read: %g s are over", len(kept), len(chosen), most_s)
            break
    return kept


def seen_in(encoder: PictureEncoder, frames: Sequence[PlaceFrame]) -> NDArray[np.float32]:
    """Return f_V's unit features [n, d] of frames, squashed to squares as those that it is trained with are."""
    px = frame_px(encoder)
    squashed = [np.asarray(Image.fromarray(one.pixels).resize((px, px), Image.Resampling.BICUBIC)) for one in frames]
    return np.asarray(encode_pictures(encoder, np.stack(squashed)).numpy(), np.float32)


def _read(folder: Path, clips: VenueClips, moments: Sequence[tuple[str, int]]) -> Iterator[PlaceFrame]:
    for clip_id, number in moments:
        row = clips.data.rows[clip_id]
        at_s = row.start_s + (number + 0.5) / clips.frame_rate_hz
        photograph = clips.photograph_at(clip_id, number)
        try:
            if photograph is not None:
                yield PlaceFrame(_small(read_image(photograph.path)), shown(photograph.path.name))
            else:
                pixels = read_frame_at(folder / row.source, at_s, LONGEST_PX)
                yield PlaceFrame(pixels, f"{shown(Path(row.source).name)}, {at_s:.0f} s")
        except (UnreadableFileError, OSError) as error:
            _log.warning("%s", error)


def _small(pixels: Frame) -> Frame:
    picture = Image.fromarray(pixels)
    picture.thumbnail((LONGEST_PX, LONGEST_PX))
    return np.asarray(picture)
