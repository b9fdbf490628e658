from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from installation.values import Pixels, Samples
from s2s.media.video_writer import VideoFile

RATE_HZ = 16_000


def write_film(path: Path, size: tuple[int, int], fps: float, count: int, block_samples: int = 533) -> int:
    """Write `count` brightening pictures with a tone; return how many samples it has."""
    samples = 0
    with VideoFile(path, size, fps, RATE_HZ) as video:
        for number in range(count):
            video.write(np.full((size[1], size[0], 3), 4 * number, np.uint8))
            moments = (samples + np.arange(block_samples)) / RATE_HZ
            video.write_sound(0.5 * np.sin(2 * np.pi * 440 * moments).astype(np.float32))
            samples += block_samples
    return samples


def pictures(path: Path) -> list[Pixels]:
    with av.open(str(path)) as container:
        return [np.asarray(frame.to_ndarray(format="rgb24"), np.uint8) for frame in container.decode(video=0)]


def moments_s(path: Path) -> list[float]:
    with av.open(str(path)) as container:
        return [frame.time for frame in container.decode(video=0)]


def sound(path: Path) -> Samples:
    with av.open(str(path)) as container:
        return np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])


@pytest.mark.parametrize(("size", "fps"), [((64, 48), 30.0), ((33, 17), 29.97), ((1, 1), 24.0)])
def test_what_is_written_can_be_played(tmp_path: Path, size: tuple[int, int], fps: float) -> None:
    path = tmp_path / "film.mp4"
    samples = write_film(path, size, fps, count=45)
    with av.open(str(path)) as container:
        stream, track = container.streams.video[0], container.streams.audio[0]
        assert stream.codec_context.name == "h264"
        assert track.codec_context.name == "aac"
        assert track.codec_context.sample_rate == RATE_HZ
        assert stream.average_rate is not None and stream.duration is not None and stream.time_base is not None
        assert float(stream.average_rate) == pytest.approx(fps, rel=1e-3)
        assert float(stream.duration * stream.time_base) == pytest.approx(45 / fps, abs=0.5 / fps)
    shown = pictures(path)
    assert len(shown) == 45
    assert shown[0].shape == (size[1] + size[1] % 2, size[0] + size[0] % 2, 3)
    assert [picture.mean() for picture in shown] == pytest.approx([4 * number for number in range(45)], abs=4)
    assert len(sound(path)) == pytest.approx(samples, abs=2 * 1024)


def test_the_sound_is_the_sound(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    write_film(path, (32, 32), 30.0, count=60)
    heard = sound(path)[2048:-2048]
    spectrum = np.abs(np.fft.rfft(heard))
    assert np.argmax(spectrum) * RATE_HZ / len(heard) == pytest.approx(440, abs=2)
    assert np.sqrt(np.mean(heard**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.05)


def test_pictures_keep_the_moments_they_were_shown_at(tmp_path: Path) -> None:
    path, shown_at_s = tmp_path / "film.mp4", [0.0, 0.04, 0.05, 0.3]
    with VideoFile(path, (16, 16), 30.0) as video:
        for at_s in shown_at_s:
            video.write(np.zeros((16, 16, 3), np.uint8), at_s)
        video.write(np.zeros((16, 16, 3), np.uint8), 0.3)
    assert moments_s(path) == pytest.approx(shown_at_s, abs=1e-4)


def test_a_silent_film_has_no_sound_track(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    with VideoFile(path, (16, 16), 30.0) as video:
        video.write(np.zeros((16, 16, 3), np.uint8))
        with pytest.raises(ValueError, match="without a sound track"):
            video.write_sound(np.zeros(10, np.float32))
    with av.open(str(path)) as container:
        assert len(container.streams.audio) == 0


def test_a_picture_of_the_wrong_size_is_refused(tmp_path: Path) -> None:
    with (
        VideoFile(tmp_path / "film.mp4", (16, 8), 30.0) as video,
        pytest.raises(ValueError, match=r"expected pixels of shape \(8, 16, 3\), got \(16, 8, 3\)"),
    ):
        video.write(np.zeros((16, 8, 3), np.uint8))


def test_a_film_in_which_nothing_was_shown_is_closed_without_a_word(tmp_path: Path) -> None:
    video = VideoFile(tmp_path / "film.mp4", (16, 16), 30.0, RATE_HZ)
    video.close()
    video.close()


def test_a_folder_that_does_not_exist_is_an_oserror(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        VideoFile(tmp_path / "nowhere" / "film.mp4", (16, 16), 30.0)


def test_colours_come_back_as_they_were(tmp_path: Path) -> None:
    colours = [(200, 30, 30), (30, 200, 30), (30, 30, 200), (250, 200, 120)]
    path = tmp_path / "film.mp4"
    with VideoFile(path, (32, 32), 30.0) as video:
        for colour in colours:
            video.write(np.broadcast_to(np.array(colour, np.uint8), (32, 32, 3)).copy())
    shown = [picture[16, 16].tolist() for picture in pictures(path)]
    assert np.abs(np.subtract(shown, colours)).max() <= 6
    with av.open(str(path)) as container:
        assert container.streams.video[0].codec_context.colorspace == 1  # BT.709


def test_equal_pictures_make_equal_files_whatever_lies_in_memory(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    slope = np.add.outer(np.arange(90) * 2, np.arange(160))[:, :, None]
    pictures = [np.clip(slope + rng.integers(0, 20, (90, 160, 3)) + i, 0, 255).astype(np.uint8) for i in range(12)]
    files: set[bytes] = set()
    litter: list[NDArray[np.uint8]] = []
    for _ in range(30):
        litter = [*litter[-10:], rng.integers(0, 255, int(rng.integers(1_000, 3_000_000)), dtype=np.uint8)]
        with VideoFile(tmp_path / "film.mp4", (160, 90), 10.0) as video:
            for pixels in pictures:
                video.write(pixels)
        files.add((tmp_path / "film.mp4").read_bytes())
    assert len(files) == 1
