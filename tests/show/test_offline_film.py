"""`--render`: a film of a sound file, every frame, the same twice."""

from pathlib import Path

import av
import numpy as np
import pytest
import scipy.io.wavfile
from numpy.typing import NDArray

import run_show
from installation import offline
from installation.main import arguments_of
from installation.options import resolve
from tests.show_runner import ShowRun

pytestmark = pytest.mark.gl


def film(folder: Path, model: Path) -> tuple[NDArray[np.uint8], float]:
    """Render two seconds of sound; return the frames `[n, height, width, 3]` and the sound's length in seconds."""
    folder.mkdir()
    rng = np.random.default_rng(5)
    scipy.io.wavfile.write(folder / "noise.wav", 44_100, (0.2 * rng.standard_normal(88_200)).astype(np.float32))
    path = folder / "film.mp4"
    source = ("--source", f"file:{folder / 'noise.wav'}", "--render", str(path))
    with ShowRun(folder, *source, "--model", str(model), "--size", "96x54", "--fps", "10") as show:
        assert show.wait() == 0, show.log
        assert show.report()["generator"]["frames"] == 20
    with av.open(str(path)) as container:
        samples = sum(frame.samples for frame in container.decode(audio=0))
    return frames_of(path), samples / 16_000


def frames_of(path: Path) -> NDArray[np.uint8]:
    with av.open(str(path)) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])


def rendered_here(sound: Path, path: Path, model: Path) -> Path:
    """Render the same in another process than the program's own: this one."""
    words = f"--source file:{sound} --render {path} --model {model} --size 96x54 --fps 10"
    offline.render(resolve(arguments_of(run_show.build_parser().parse_args(words.split()))), {}, 0.0)
    return path


def test_every_frame_is_there_with_its_sound_and_one_seed_gives_one_film(tmp_path: Path, tiny_model: Path) -> None:
    first, sound_s = film(tmp_path / "a", tiny_model)
    again = frames_of(rendered_here(tmp_path / "a" / "noise.wav", tmp_path / "again.mp4", tiny_model))
    assert first.shape == (20, 54, 96, 3) and sound_s == pytest.approx(2.0, abs=0.15)
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first[0], first[-1])


@pytest.mark.proc
def test_a_film_is_the_same_whether_its_model_paints_in_the_loop_or_a_picture_ahead_of_it(
    tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scipy.io.wavfile.write(tmp_path / "tone.wav", 16_000, np.sin(np.arange(24_000) * 0.2).astype(np.float32))
    look = "parameters: {/latent/drift: 1, /latent/glide: 0.2, /scene/hour: 23.9}\n"
    look += "modulation: [{from: level, to: /latent/truncation, amount: 1}]\n"  # what is heard moves what is painted
    (tmp_path / "look.yaml").write_text(f"name: Look\ndescription: d\n{look}")
    films, pictures = [], []
    for worth in (0, 1_000_000):
        monkeypatch.setattr(offline, "_WORTH_A_PROCESS", worth)
        films.append(tmp_path / f"{worth}.mp4")
        words = f"--preset {tmp_path / 'look.yaml'} --source file:{tmp_path / 'tone.wav'} --render {films[-1]}"
        words += f" --model {tiny_model} --size 96x54 --fps 10"
        report = offline.render(resolve(arguments_of(run_show.build_parser().parse_args(words.split()))), {}, 0.0)
        pictures.append(report["generator"]["frames"])
    assert films[0].read_bytes() == films[1].read_bytes()
    assert pictures == [15, 15]
