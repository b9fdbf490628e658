"""Films of many kinds, really encoded: what is on the screen at each moment, upright, in the right colours."""

import itertools
import struct
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest
from av.video.reformatter import ColorRange, Colorspace
from PIL import Image

from s2s.media.container import Damage
from s2s.media.video_reader import (
    Squash,
    VideoFileError,
    open_film,
    picture_track,
    pictures,
    read_frame_at,
    read_frames,
    sampled,
    upright,
)
from tests.s2s.data.films import Track, film, number_of, numbered, numbers_of, steady, tone, write

CORNERS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255))


def quarters(width: int, height: int) -> npt.NDArray[np.uint8]:
    """Red and green above blue and white."""
    pixels = np.empty((height, width, 3), np.uint8)
    for (row, column), color in zip(itertools.product((0, 1), (0, 1)), CORNERS, strict=True):
        halves = (slice(height // 2), slice(height // 2, None)), (slice(width // 2), slice(width // 2, None))
        pixels[halves[0][row], halves[1][column]] = color
    return pixels


def corners_of(frame: npt.NDArray[np.uint8]) -> list[int]:
    """Which of `CORNERS` is above left, above right, below left, below right."""
    side = frame.shape[0]
    seen = [frame[y, x] for y, x in itertools.product((side // 4, 3 * side // 4), repeat=2)]
    return [int(np.abs(np.array(CORNERS) - color.astype(int)).sum(axis=1).argmin()) for color in seen]


@pytest.mark.parametrize(
    ("name", "codec", "pixel_format"),
    [
        ("a.mp4", "libx264", "yuv420p"),
        ("a.mkv", "ffv1", "yuv444p"),
        ("a.webm", "libvpx-vp9", "yuv420p"),
        ("a.mov", "prores_ks", "yuv422p10le"),
        ("a.avi", "mjpeg", "yuvj420p"),
        ("a.ts", "mpeg2video", "yuv420p"),
        ("a.flv", "libx264", "yuv420p"),
        ("b.mkv", "libx265", "yuv420p10le"),
        ("b.mp4", "libsvtav1", "yuv420p"),
    ],
)
def test_every_tenth_of_a_second_shows_what_is_on_the_screen_then(
    tmp_path: Path, name: str, codec: str, pixel_format: str
) -> None:
    path = write(tmp_path / name, steady(25, 25), codec=codec, pixel_format=pixel_format, ticks_hz=25)
    assert numbers_of(read_frames(path, 64)) == [0, 2, 5, 7, 10, 12, 15, 17, 20, 22]


def test_a_film_of_ten_frames_a_second_gives_its_own_frames(tmp_path: Path) -> None:
    for name in ("ten.mp4", "ten.mkv", "ten.mov"):
        assert numbers_of(read_frames(film(tmp_path / name, 3.0), 32)) == list(range(30))


def test_a_film_of_thirty_frames_in_whole_milliseconds_loses_none_to_rounding(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mkv", steady(60, 30), codec="ffv1", pixel_format="yuv444p", ticks_hz=1000)
    assert numbers_of(read_frames(path, 32))[:20] == list(range(0, 60, 3))


def test_pictures_at_uneven_times_are_each_shown_until_the_next(tmp_path: Path) -> None:
    path = write(tmp_path / "phone.mp4", [0.0, 0.05, 0.31, 0.33, 0.35, 0.7, 1.18])
    # At 0.2 still the second, which came at 0.05; the third and the fourth are gone before a tenth ever meets them.
    assert numbers_of(read_frames(path, 32)) == [0, 1, 1, 1, 4, 4, 4, 5, 5, 5, 5, 5, 6]


def test_time_counts_from_the_first_picture(tmp_path: Path) -> None:
    path = write(tmp_path / "late.mkv", [2.0 + number / 10 for number in range(5)])
    assert numbers_of(read_frames(path, 32)) == [0, 1, 2, 3, 4]


def test_sampling_may_begin_before_and_end_after_the_pictures(tmp_path: Path) -> None:
    path = write(tmp_path / "late.mkv", [1.0, 1.1, 1.2], codec="ffv1", pixel_format="yuv444p")
    with open_film(path) as opened:
        track = picture_track(opened)
        assert track is not None
        seen = list(sampled(pictures(opened, track, Damage()), 10.0, 0.8, stands_on_s=0.2))
    times = [round(picture.from_s, 2) for picture in seen]
    assert times == [1.0, 1.0, 1.0, 1.1, 1.2, 1.2, 1.2]


def test_reading_stops_at_the_number_asked_for(tmp_path: Path) -> None:
    assert len(read_frames(film(tmp_path / "a.mp4"), 32, max_frames=7)) == 7


@pytest.mark.parametrize(
    ("matrix", "seen"),
    [
        ((1, 0, 0, 1), [0, 1, 2, 3]),
        ((0, 1, -1, 0), [2, 0, 3, 1]),  # a phone held upright: turned clockwise to be shown
        ((-1, 0, 0, -1), [3, 2, 1, 0]),
        ((0, -1, 1, 0), [1, 3, 0, 2]),
        ((-1, 0, 0, 1), [1, 0, 3, 2]),  # a front camera's mirror
        ((0, 1, 1, 0), [0, 2, 1, 3]),
    ],
)
def test_films_of_turned_phones_stand_upright(tmp_path: Path, matrix: tuple[int, ...], seen: list[int]) -> None:
    path = write(tmp_path / "a.mp4", steady(3, 10), pictures=[quarters(96, 48)] * 3, size=(96, 48))
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 44  # ISO/IEC 14496-12, 8.3.2, version 0
    a, b, c, d = (value << 16 for value in matrix)
    data[at : at + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    path.write_bytes(data)
    frames = read_frames(path, 64)
    assert frames.shape == (3, 64, 64, 3)
    assert corners_of(frames[0]) == seen


def test_without_a_matrix_nothing_is_turned() -> None:
    pixels = quarters(8, 8)
    assert upright(pixels, None) is pixels


@pytest.mark.parametrize(
    ("size", "space", "tagged", "full_range"),
    [
        ((320, 240), Colorspace.ITU601, False, False),
        ((320, 240), Colorspace.ITU709, True, False),
        ((1280, 720), Colorspace.ITU709, False, False),
        ((320, 240), Colorspace.ITU601, False, True),
    ],
)
def test_colours_are_those_that_were_filmed(
    tmp_path: Path, size: tuple[int, int], space: Colorspace, tagged: bool, full_range: bool
) -> None:
    path = tmp_path / "colours.mkv"
    color = np.array([180, 60, 90], np.uint8)
    pixels = np.broadcast_to(color, (size[1], size[0], 3))
    color_range = ColorRange.JPEG if full_range else ColorRange.MPEG
    with av.open(str(path), "w") as out:
        stream = out.add_stream("ffv1", rate=10)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv444p"
        stream.codec_context.color_range = color_range
        if tagged:
            stream.codec_context.colorspace = space
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
        out.mux(stream.encode(frame.reformat(format="yuv444p", dst_colorspace=space, dst_color_range=color_range)))
        out.mux(stream.encode(None))
    assert np.abs(read_frames(path, 32)[0].astype(int) - color).max() <= 3


def test_the_squash_is_that_of_a_good_image_library(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    coarse = Image.fromarray(rng.integers(0, 256, (24, 32, 3), dtype=np.uint8))
    pixels = np.asarray(coarse.resize((640, 360), Image.Resampling.BICUBIC))
    path = write(tmp_path / "a.mkv", [0.0], codec="ffv1", pixel_format="yuv444p", pictures=[pixels], size=(640, 360))
    expected = np.asarray(Image.fromarray(pixels).resize((128, 128), Image.Resampling.BICUBIC))
    assert np.abs(read_frames(path, 128)[0].astype(int) - expected).mean() < 1.5


def test_a_cover_is_no_film(tmp_path: Path) -> None:
    path = tmp_path / "song.mp4"
    with av.open(str(path), "w") as out:
        sound = out.add_stream("aac", rate=16_000, layout="mono")
        cover = out.add_stream("mjpeg", rate=1)
        cover.width = cover.height = 64
        cover.pix_fmt = "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        out.mux(cover.encode(av.VideoFrame.from_ndarray(numbered(1, (64, 64)), format="rgb24")))
        out.mux(cover.encode(None))
        frame = av.AudioFrame.from_ndarray(tone(0.064, 16_000)[None], format="fltp", layout="mono")
        frame.sample_rate = 16_000
        out.mux(sound.encode(frame))
        out.mux(sound.encode(None))
    with open_film(path) as opened:
        assert len(opened.streams.video) == 1
        assert picture_track(opened) is None


@pytest.mark.parametrize(
    "name", ["concat:a|b.mp4", "http:x.mp4", "50% off #1.mp4", "-i.mp4", "雨.mp4", "\udcff\udcfe.mp4"]
)
def test_any_name_is_a_file_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(film(tmp_path / "plain.mp4", 0.5).read_bytes())
    assert len(read_frames(path, 16)) == 5


def test_a_list_of_other_files_is_not_followed(tmp_path: Path) -> None:
    film(tmp_path / "secret.ts", 1.0)
    hls = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nsecret.ts\n#EXT-X-ENDLIST\n"
    for name, text in (("hls.mp4", hls), ("list.mp4", "ffconcat version 1.0\nfile secret.ts\n")):
        (tmp_path / name).write_text(text)
        with pytest.raises(VideoFileError, match="cannot be read as a film"):
            read_frames(tmp_path / name, 16)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "cannot be read as a film"),
        (b"no film at all " * 100, "cannot be read as a film"),
        (None, "no such file"),
    ],
)
def test_what_is_no_film_is_said_with_its_name(tmp_path: Path, content: bytes | None, reason: str) -> None:
    path = tmp_path / "broken.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(VideoFileError, match=f"broken.mp4: {reason}") as caught:
        read_frames(path, 16)
    assert caught.value.path == path


def test_sound_alone_shows_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mka.mkv", sounds=[Track(tone(1.0, 16_000), 16_000)])
    with pytest.raises(VideoFileError, match="holds no picture that can be decoded"):
        read_frames(path, 16)


def test_packets_that_cannot_be_decoded_are_passed_over_and_counted(tmp_path: Path) -> None:
    path = write(tmp_path / "a.avi", steady(20, 10), codec="mjpeg", pixel_format="yuvj420p", ticks_hz=10)
    data = bytearray(path.read_bytes())
    places = [at for at in range(len(data)) if data[at : at + 3] == b"\xff\xd8\xff"]
    for at in places[5:8]:
        data[at : at + 700] = bytes(700)
    path.write_bytes(data)
    damage = Damage()
    with open_film(path) as opened:
        track = picture_track(opened)
        assert track is not None
        squash = Squash(64)
        seen = [number_of(squash(picture.frame)) for picture in pictures(opened, track, damage)]
    assert len(places) == 20
    assert damage.bad_packets == 3
    assert seen == [*range(5), *range(8, 20)]


def test_a_header_that_promises_a_giant_is_refused_before_memory_is_taken(tmp_path: Path) -> None:
    path = write(tmp_path / "a.avi", steady(3, 10), codec="mjpeg", pixel_format="yuvj420p", ticks_hz=10)
    data = bytearray(path.read_bytes())
    start = data.index(b"\xff\xc0")  # baseline frame header: length, precision, height, width (ITU-T T.81, B.2.2)
    while start != -1:
        data[start + 5 : start + 9] = struct.pack(">HH", 60_000, 60_000)
        start = data.find(b"\xff\xc0", start + 2)
    path.write_bytes(data)
    with pytest.raises(VideoFileError):
        read_frames(path, 16)


@pytest.mark.parametrize("first_s", [0.0, 1.5])
def test_one_picture_is_found_by_its_time_in_its_own_shape(tmp_path: Path, first_s: float) -> None:
    times_s = [first_s + one for one in steady(100, 25.0)]
    path = write(tmp_path / "film.mkv", times_s, size=(320, 180), encoder={"g": "30"})
    for at_s, number in ((0.0, 0), (1.3, 32), (3.21, 80), (99.0, 99)):
        frame = read_frame_at(path, at_s, 160)
        assert frame.shape == (90, 160, 3) and number_of(frame) == number
    assert read_frame_at(path, 0.0, 640).shape == (180, 320, 3)


def test_of_sound_alone_no_picture_is_found(tmp_path: Path) -> None:
    path = write(tmp_path / "sound.mp4", (), [Track(tone(0.5, 16_000), 16_000)])
    with pytest.raises(VideoFileError, match="holds no picture"):
        read_frame_at(path, 0.0, 160)
