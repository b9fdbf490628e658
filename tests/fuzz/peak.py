"""Reads every file of a folder as the show would, and tells in JSON what was refused and how much memory it took.

`python -m tests.fuzz.peak FOLDER`: in a process of its own, whose address space ends before the machine's memory does.
"""

import json
import resource
import sys
from itertools import islice
from pathlib import Path
from typing import Final

from installation.audio.file import SoundFile
from installation.audio.source import SourceError
from s2s.card import BundleError
from s2s.files.names import UnreadableFileError
from s2s.media.audio import read_audio
from s2s.media.container import Damage
from s2s.media.images import read_image
from s2s.media.video_reader import open_film, picture_track, pictures
from s2s.published.checkpoint import CheckpointError, read_tensors
from s2s.weight_headers import read_header

_MOST_BYTES: Final = 12 << 30
_CLIP_SAMPLES: Final = 160_000


def read(path: Path) -> str:
    """Return how much of a file there is, in words."""
    match path.suffix:
        case ".png" | ".jpg" | ".gif" | ".tiff" | ".bmp" | ".webp":
            return str(read_image(path, 64).shape)
        case ".safetensors":
            return str(len(read_header(path)))
        case ".pth":
            return str(len(read_tensors(path)))
        case ".avi" | ".mp4":
            with open_film(path) as film:
                track = picture_track(film)
                return "0" if track is None else str(len(list(islice(pictures(film, track, Damage()), 3))))
    heard = read_audio(path, max_samples=_CLIP_SAMPLES)
    live = SoundFile(path)
    for step in range(20):
        live.read(step * 0.1)
    live.close()
    return str(len(heard))


def main(folder: Path) -> None:
    """Read all, and tell."""
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    begun_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    told = {}
    for path in sorted(folder.iterdir()):
        try:
            told[path.name] = f"read: {read(path)}"
        except (UnreadableFileError, BundleError, SourceError, CheckpointError) as error:
            told[path.name] = f"refused: {error}"
        except Exception as error:
            told[path.name] = f"{type(error).__name__}: {error}"
    grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - begun_kib
    sys.stdout.write(json.dumps({"told": told, "grown_mib": grown_kib / 1024}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
