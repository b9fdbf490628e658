"""Opens files of sound and film by PyAV and decodes their tracks, whatever strangers' files hold.

Torch-free. Called from any thread; every call opens its own file. Nothing but the file itself is opened: its name is
never taken for an address, and playlists, which name other files and addresses, are no sound.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeVar

import av
from av.audio.stream import AudioStream
from av.codec.context import ThreadType
from av.container.input import InputContainer
from av.video.stream import VideoStream

from s2s.files.names import UnreadableFileError

T = TypeVar("T", VideoStream, AudioStream)

LARGEST_PIXELS: Final = 70_000_000
"""8K has 33 million. More is no film but a damaged header, or an attack."""
_FILM_FORMATS: Final = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpegtsraw,mpeg,mpegvideo,flv,asf,ogg,mxf,nut,rm,dv,gxf,ivf,av1,"
    "obu,h264,hevc,m4v,gif"
)
_SOUND_FORMATS: Final = (
    "wav,w64,mp3,flac,aac,loas,aiff,iff,caf,au,voc,sox,ircam,nistsphere,avr,pvf,amr,amrnb,amrwb,ac3,eac3,ac4,dts,dtshd,"
    "truehd,mlp,ape,wv,tta,tak,shn,mpc,mpc8,dsf,gsm,ilbc,qcp,oma,aea,sbc,adx,ast,rso,sds"
)
_OPTIONS: Final = {
    # A playlist called `x.mp4` would open whatever files and addresses it names.
    "protocol_whitelist": "file",
    "format_whitelist": f"{_FILM_FORMATS},{_SOUND_FORMATS}",
    "max_pixels": str(LARGEST_PIXELS),
}


@dataclass(slots=True)
class Damage:
    """What was wrong with a track while it was decoded."""

    packets: int = 0
    bad_packets: int = 0
    stopped: str = ""
    """Why reading ended before the file said so."""

    def remarks(self) -> list[str]:
        """Return in words what a listener or spectator misses."""
        said = []
        if self.bad_packets:
            said.append(f"{self.bad_packets} of {self.packets} packets cannot be decoded and are left out")
        if self.stopped:
            said.append(f"it is read no further than {self.packets} packets: {self.stopped}")
        return said


def file_url(path: Path | str) -> str:
    """Return `path` as FFmpeg is to be given it, for reading and writing: `12:00.wav` is a name, and no address."""
    return f"file:{Path(path).absolute()}"


@contextlib.contextmanager
def opened(path: Path, error_type: type[UnreadableFileError], kind: str) -> Iterator[InputContainer]:
    """Open a file as a `kind` ("sound", "a film"); what FFmpeg cannot do while it is open is an `error_type`, too."""
    try:
        # Tags in any encoding are no reason to stop.
        container = av.open(file_url(path), options=_OPTIONS, metadata_errors="replace")
    except FileNotFoundError as error:
        raise error_type(path, "no such file") from error
    except av.ArgumentError as error:  # what a format that is not among ours is to FFmpeg
        raise error_type(path, f"cannot be read as {kind}: it is of another kind, or damaged") from error
    except (av.FFmpegError, OSError, ValueError) as error:
        raise error_type(path, f"cannot be read as {kind}: {getattr(error, 'strerror', None) or error}") from error
    with container:
        try:
            yield container
        except av.FFmpegError as error:
            raise error_type(path, f"cannot be read as {kind}: {error.strerror}") from error


def best_first(candidates: list[T], container: InputContainer, kind: Literal["video", "audio"]) -> list[T]:
    """Return the tracks that can be decoded, FFmpeg's best (its own flags first, then its rate or size) before all."""
    best = container.streams.best(kind)
    return sorted(
        (track for track in candidates if track.codec_context is not None), key=lambda track: track is not best
    )


def sound_tracks(container: InputContainer) -> list[AudioStream]:
    """Return the tracks that can be heard, the best first."""
    return best_first(list(container.streams.audio), container, "audio")


def decoded_packets(
    container: InputContainer, track: VideoStream | AudioStream, damage: Damage, threads: int = 1
) -> Iterator[list[av.VideoFrame | av.AudioFrame]]:
    """Yield the frames of every packet of a track; of one that cannot be decoded, which is counted, none.

    What a whole file gives does not hang on `threads`; what a damaged one gives may.
    """
    track.codec_context.thread_count = threads
    track.codec_context.thread_type = ThreadType.AUTO
    track.codec_context.options = {"max_pixels": _OPTIONS["max_pixels"]}
    packets = container.demux(track)
    while True:
        try:
            packet = next(packets, None)
        except av.FFmpegError as error:
            damage.stopped = error.strerror or type(error).__name__
            return
        except IndexError:  # of PyAV, which knows only the tracks that were there when it opened the file
            damage.stopped = "another track begins on the way"
            return
        if packet is None:
            return
        damage.packets += 1
        try:
            frames = packet.decode()
        except av.FFmpegError:
            damage.bad_packets += 1
            frames = []
        yield [frame for frame in frames if isinstance(frame, av.VideoFrame | av.AudioFrame)]


def decoded(
    container: InputContainer, track: VideoStream | AudioStream, damage: Damage, threads: int = 1
) -> Iterator[av.VideoFrame | av.AudioFrame]:
    """Yield the frames of a track, as `decoded_packets` does, one by one."""
    for frames in decoded_packets(container, track, damage, threads):
        yield from frames
