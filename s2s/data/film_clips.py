"""One film -> its clips: sound first, then frames ten times a second, cut alike. Runs in a worker of `prepare`.

A clip is where sound and picture both are: what one track has before or after the other is left out.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import av
from av.container.input import InputContainer
from av.video.stream import VideoStream

from s2s.data.clip import Clip, jpeg_bytes
from s2s.data.corpus import Split, Video
from s2s.data.cutting import Cut, Pcm, clip_id, cuts_of, loudest_second_dbfs
from s2s.data.settings import SAMPLES_A_FRAME, PrepareSettings
from s2s.data.sound_track import LONGEST_S, SoundTrack, read_sound_track
from s2s.media.container import Damage
from s2s.media.mono import CANCELLED
from s2s.media.video_reader import Picture, Squash, VideoFileError, open_film, picture_track, pictures, sampled
from s2s.rates import FRAME_RATE_HZ, SAMPLE_RATE_HZ

STANDS_ON_S: Final = 0.5
"""So long the last picture may stand for what comes after it: tracks of one film seldom end together."""
_TOO_BAD: Final = 0.2
"""A film is given up where so many of a track's packets cannot be decoded."""
_CUT_OFF_S: Final = 1.0
"""Where the sound ends so much earlier than the header says the film does, it is told."""
_LATE_S: Final = 60.0
"""Sound that begins later than this after the picture is cut short where only a part of a film is wanted."""

Encoded = dict[int, bytes]
CutClip = tuple[Cut, Clip | None]


@dataclass(frozen=True, slots=True)
class FilmJob:
    """One film to be prepared: `source` is its name in the result."""

    video: Video
    source: str
    split: Split
    settings: PrepareSettings


@dataclass(slots=True)
class FilmClips:
    """The clips of one film; once they are taken, `remarks` holds what a reader of the report should know.

    `spool` is a folder for the sound while it is worked on; `beat` is called as the work goes on;
    `threads` decode the pictures.
    """

    job: FilmJob
    spool: Path
    beat: Callable[[], None]
    threads: int = 1
    remarks: list[str] = field(default_factory=list)
    _silent: int = 0

    def clips(self) -> Iterator[Clip]:
        """Yield them in the order of time. Raises VideoFileError for a film without any, or too damaged to trust."""
        sound = self._sound()
        yielded = 0
        with open_film(self.job.video.path) as film:
            track = picture_track(film)
            if track is None and not self.job.settings.sound_only:
                raise self._unusable("holds no picture; files of sound alone are taken with --sound-only")
            found = self._heard(sound, film) if track is None else self._seen(sound, film, track)
            for clip in self._named(found):
                yield clip
                yielded += 1
        if self._silent and not yielded:
            raise self._unusable(f"is silent: no second reaches {self.job.settings.skip_silence_db:g} dB of full scale")
        if self._silent:
            self.remarks.append(f"{self._silent} silent clips left out")
        if not yielded:
            raise self._unusable(f"holds less than {self.job.settings.min_s:g} s of sound and picture together")

    def _sound(self) -> SoundTrack:
        video = self.job.video
        longest_s = LONGEST_S if video.duration_s is None else video.start_s + video.duration_s + _LATE_S
        sound = read_sound_track(video.path, self.spool, self.beat, longest_s=min(longest_s, LONGEST_S))
        if sound is None:
            raise self._unusable("holds no sound that can be decoded")
        self._check(sound.damage, "sound")
        if sound.cancels:
            self.remarks.append(f"{CANCELLED}: the mean of its sound is almost silent")
        if sound.num_tracks > 1:
            language = f" ({sound.language})" if sound.language else ""
            self.remarks.append(f"heard is sound track {sound.track}{language} of {sound.num_tracks}")
        if video.duration_s is None and sound.stated_s and sound.end_s + _CUT_OFF_S < sound.stated_s:
            self.remarks.append(
                f"its sound ends at {sound.end_s:.1f} s of the {sound.stated_s:.1f} s its header states"
            )
        return sound

    def _heard(self, sound: SoundTrack, film: InputContainer) -> Iterator[CutClip]:
        begin_s = sound.first_s + self.job.video.start_s
        yield from self._cut(self._part(sound, begin_s), None, begin_s - _origin_s(film))

    def _seen(self, sound: SoundTrack, film: InputContainer, track: VideoStream) -> Iterator[CutClip]:
        damage = Damage()
        shown = self._beating(pictures(film, track, damage, self.threads))
        first = next(shown, None)
        if first is None:
            raise self._unusable("holds no picture that can be decoded")
        if first.is_high_dynamic_range:
            self.remarks.append("is an HDR film: its frames are paler than on an HDR screen")
        # Both are there from here on. A grid that began before the first picture would see every one a frame late.
        begin_s = max(sound.first_s, first.from_s) + self.job.video.start_s
        on_grid = sampled(itertools.chain([first], shown), FRAME_RATE_HZ, begin_s, stands_on_s=STANDS_ON_S)
        yield from self._cut(self._part(sound, begin_s), on_grid, begin_s - _origin_s(film))
        self._check(damage, "pictures")

    def _part(self, sound: SoundTrack, begin_s: float) -> Pcm:
        """Return the sound from `begin_s` on, as much as the job wants."""
        first = round((begin_s - sound.first_s) * SAMPLE_RATE_HZ)
        duration_s = self.job.video.duration_s
        return sound.samples[first : None if duration_s is None else first + round(duration_s * SAMPLE_RATE_HZ)]

    def _cut(self, samples: Pcm, on_grid: Iterator[Picture] | None, begin_s: float) -> Iterator[CutClip]:
        """Yield every cut with its clip, None where it is silent; end where the pictures do."""
        settings = self.job.settings
        encode = _Encoder(settings)
        window: dict[int, Encoded] = {}  # of the frames that this cut and those after it share
        taken = 0
        for cut in cuts_of(len(samples), settings):
            if _is_silent(cut.of(samples), settings):
                self._silent += 1
                yield cut, None
                continue
            numbers = range(cut.first_frame, cut.first_frame + cut.num_frames) if on_grid is not None else range(0)
            window = {number: frames for number, frames in window.items() if number in numbers}
            while on_grid is not None and taken < numbers.stop and (picture := next(on_grid, None)) is not None:
                if taken in numbers:
                    window[taken] = encode(picture)
                taken += 1
            frames = [window[number] for number in numbers if number in window]
            seen = cut
            if len(frames) < len(numbers):
                seen = replace(cut, num_samples=min(cut.num_samples, len(frames) * SAMPLES_A_FRAME))
                self.remarks.append(f"its pictures end after {cut.start_s + len(frames) / FRAME_RATE_HZ:.1f} s")
            if seen.num_samples >= settings.min_samples:
                yield seen, self._clip(seen, samples, frames, begin_s)
            if seen is not cut:
                return

    def _clip(self, cut: Cut, samples: Pcm, frames: list[Encoded], begin_s: float) -> Clip:
        return Clip(
            id=self.job.video.id,
            source=self.job.source,
            label=self.job.video.label,
            split=self.job.split,
            start_s=round(begin_s + cut.start_s, 6),
            sound=cut.of(samples),
            frames={px: tuple(each[px] for each in frames) for px in self.job.settings.px} if frames else {},
        )

    def _named(self, found: Iterator[CutClip]) -> Iterator[Clip]:
        """Name clips after their time where a film has more than one; a film that is one clip keeps its own name."""
        ahead = list(itertools.islice(found, 2))
        is_one = len(ahead) == 1 and ahead[0][0].first_frame == 0
        for cut, clip in itertools.chain(ahead, found):
            if clip is not None:
                start_s = self.job.video.start_s + cut.start_s
                name = clip.id if is_one else clip_id(clip.id, start_s, cut.num_samples / SAMPLE_RATE_HZ)
                yield replace(clip, id=name)

    def _beating(self, shown: Iterable[Picture]) -> Iterator[Picture]:
        for picture in shown:
            self.beat()
            yield picture

    def _check(self, damage: Damage, of: str) -> None:
        if damage.bad_packets > _TOO_BAD * damage.packets:
            raise self._unusable(f"{damage.bad_packets} of {damage.packets} packets of its {of} cannot be decoded")
        if damage.bad_packets:
            self.remarks.append(f"{damage.bad_packets} of {damage.packets} packets of its {of} cannot be decoded")
        if damage.stopped:
            self.remarks.append(f"its {of} are read no further: {damage.stopped}")

    def _unusable(self, reason: str) -> VideoFileError:
        return VideoFileError(self.job.video.path, reason)


class _Encoder:
    """Squashes and encodes pictures; one that is shown for many frames is encoded once."""

    def __init__(self, settings: PrepareSettings) -> None:
        self._squashes = [Squash(px) for px in settings.px]
        self._quality = settings.jpeg_quality
        self._last: tuple[Picture, Encoded] | None = None

    def __call__(self, picture: Picture) -> Encoded:
        if self._last is None or self._last[0] is not picture:
            frames = {each.side_px: jpeg_bytes(each(picture.frame), self._quality) for each in self._squashes}
            self._last = picture, frames
        return self._last[1]


def _is_silent(sound: Pcm, settings: PrepareSettings) -> bool:
    return settings.skip_silence_db is not None and loudest_second_dbfs(sound) < settings.skip_silence_db


def _origin_s(film: InputContainer) -> float:
    """Return what a player calls zero: broadcasts begin at any time."""
    return film.start_time / av.time_base if film.start_time is not None else 0.0
