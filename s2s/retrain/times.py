"""When a photograph or a sound was taken: local time without a zone, as cameras and recorders write it. Reads headers
alone.
"""

import re
import warnings
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import av
from PIL import ExifTags, Image

from s2s.files.names import UnreadableFileError
from s2s.media import images
from s2s.media.container import opened

_DAY: Final = r"(20\d\d)[-_.]?(\d\d)[-_.]?(\d\d)"
_TIME: Final = r"(\d\d)[-_.:h]?(\d\d)[-_.:m]?(\d\d)"
_IN_NAME: Final = re.compile(rf"(?<!\d){_DAY}(?:[ _-]?(?:T|at)?[ _-]?){_TIME}")
_EXIF_FORM: Final = "%Y:%m:%d %H:%M:%S"


def taken_at(photograph: Path) -> datetime:
    """Return when a photograph was taken: as its camera wrote into it, else as its name says, else when the file was
    last written. Raises OSError.
    """
    return _by_camera(photograph) or time_in(photograph.stem) or _written_at(photograph)


def begun_at(sound: Path) -> datetime:
    """Return when a recording began: as its name says, else its length before the file was last written.

    Raises OSError.
    """
    named = time_in(sound.stem)
    return named or _written_at(sound) - timedelta(seconds=duration_of(sound))


def time_in(name: str) -> datetime | None:
    """Return the time that a name holds: `PXL_20240518_213045123`, `2024-05-18 21.30.45`, `20240518T213045`."""
    findings = _IN_NAME.search(name)
    if findings is None:
        return None
    try:
        return datetime.strptime("".join(findings.groups()), "%Y%m%d%H%M%S")
    except ValueError:  # digits that are no time
        return None


def duration_of(sound: Path) -> float:
    """Return the seconds that the header of a sound file states; 0 where it states none, or is none."""
    try:
        with opened(sound, UnreadableFileError, "sound") as container:
            return container.duration / av.time_base if container.duration else 0.0
    except UnreadableFileError:
        return 0.0  # whoever decodes it says what is wrong with it


def _by_camera(photograph: Path) -> datetime | None:
    try:
        with warnings.catch_warnings(action="ignore"), images.opened(photograph) as image:
            exif = image.getexif()
            said = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)
        return datetime.strptime(str(said).strip("\0 "), _EXIF_FORM) if said else None
    except (OSError, ValueError, SyntaxError, KeyError, TypeError, Image.DecompressionBombError):
        return None  # a damaged block, or a camera that writes blanks


def _written_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime)
