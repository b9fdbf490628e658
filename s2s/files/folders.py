"""Which files of a folder are sounds, films or pictures: by their endings, in one table. Nothing is opened."""

import importlib.util
import logging
import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final, Literal

from s2s.files.names import shown

FileKind = Literal["sounds", "films", "pictures"]


def _endings(words: str) -> frozenset[str]:
    return frozenset(words.split())


_HEIF: Final = _endings(".heic .heif .hif")
CAN_READ_HEIF: Final = importlib.util.find_spec("pi_heif") is not None
_READ: Final[dict[FileKind, frozenset[str]]] = {
    "sounds": _endings(
        ".wav .wave .bwf .w64 .flac .ogg .oga .opus .spx .mp3 .mp2 .m4a .m4b .aac .aif .aiff .aifc .wma .mka .weba "
        ".caf .au .snd .voc .amr .ac3 .eac3 .dts .ape .wv .tta .tak .mpc .dsf"
    ),
    "films": _endings(
        ".mp4 .mkv .webm .mov .avi .m4v .3gp .3g2 .mpg .mpeg .ts .mts .m2ts .vob .flv .wmv .asf .ogv .mxf .qt .dv"
    ),
    "pictures": _endings(".png .jpg .jpeg .jpe .jfif .webp .avif .bmp .tif .tiff .gif .ppm .pgm .pbm .pnm .jp2 .tga")
    | (_HEIF if CAN_READ_HEIF else frozenset()),
}
_NOT_READ: Final[dict[FileKind, frozenset[str]]] = {
    "sounds": _endings(
        ".mid .midi .kar .mod .xm .s3m .it .sid .m4p .aax .ra .rm .aup .aup3 .als .sd2 .m3u .m3u8 .pls .cue"
    ),
    "films": _endings(".braw .r3d .ari .rmvb .swf .wlmp .kdenlive .prproj .ifo .insv .lrv .mpls"),
    "pictures": _endings(
        ".dng .cr2 .cr3 .nef .nrw .arw .raf .orf .rw2 .pef .srw .gpr .insp .psd .xcf .kra .svg .eps .exr .jxl .jxr .dcm"
    )
    | (frozenset() if CAN_READ_HEIF else _HEIF),
}
SOUNDS: Final = _READ["sounds"]
FILMS: Final = _READ["films"]
PICTURES: Final = _READ["pictures"]
_NAMED: Final = 3

_log = logging.getLogger(__name__)


def endings_of(kinds: Sequence[FileKind]) -> frozenset[str]:
    """Return how the names of files of `kinds` end, in small letters."""
    return frozenset[str]().union(*(_READ[kind] for kind in kinds))


def files_under(folder: Path, endings: Collection[str]) -> Iterator[Path]:
    """Yield the files in `folder` and below that end so; folders that are linked in are entered, once.

    What is hidden is left out, files and folders: macOS writes `._rain.wav` beside `rain.wav` on other people's disks,
    and trash cans are folders that begin with a dot.
    """
    return (path for path in _walked(folder) if path.suffix.lower() in endings and path.is_file())


def unread_under(folder: Path, kinds: Sequence[FileKind]) -> list[Path]:
    """Return what looks like one of `kinds` and is not read, sorted: other formats, and links that lead nowhere."""
    read = endings_of(kinds)
    not_read = frozenset[str]().union(*(_NOT_READ[kind] for kind in kinds))
    return sorted(
        path
        for path in _walked(folder)
        if (ending := path.suffix.lower()) in not_read or (ending in read and path.is_symlink() and not path.exists())
    )


def unread_remark(folder: Path, kinds: Sequence[FileKind]) -> str:
    """Return one line about what looks like one of `kinds` in `folder` and is not read; empty where all is read."""
    unread = unread_under(folder, kinds)
    if not unread:
        return ""
    named = ", ".join(shown(path.relative_to(folder)) for path in unread[:_NAMED])
    more = f" and {len(unread) - _NAMED} more" if len(unread) > _NAMED else ""
    are = "is not read though it looks" if len(unread) == 1 else "are not read though they look"
    files = "1 file" if len(unread) == 1 else f"{len(unread)} files"
    return f"{shown(folder)}: {files} {are} like {' or '.join(kinds)}: {named}{more}"


def listed(folder: Path, kinds: Sequence[FileKind]) -> list[Path]:
    """Return the files of `kinds` in `folder` and below, sorted; log what looks like them and is not read."""
    if remark := unread_remark(folder, kinds):
        _log.warning("%s", remark)
    return sorted(files_under(folder, endings_of(kinds)))


def is_hidden(name: str) -> bool:
    """Whether a file or folder is hidden by its name."""
    return name.startswith(".")


def _walked(folder: Path) -> Iterator[Path]:
    """Yield every file that is not hidden, in the order of the folders' names."""
    entered: set[str] = set()
    for path, folders, files in os.walk(folder, followlinks=True):
        if (real := os.path.realpath(path)) in entered:  # a link back to where it came from has no end
            folders.clear()
            continue
        entered.add(real)
        folders[:] = sorted(name for name in folders if not is_hidden(name))
        yield from (Path(path, name) for name in files if not is_hidden(name))
