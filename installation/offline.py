"""`--render`: every frame of a sound file, deterministic, as fast as the machine can. The same parts, one thread.

Time is the film's own: frame by frame its sound enters the ring, the fast and the slow path run inline, and the
picture is written with its sound. Two runs with one seed give the same frames.
"""

import os
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, Final

from tqdm import tqdm

from installation.audio.features import FastPath
from installation.audio.mixing import Mixer
from installation.audio.performance import Performance
from installation.clock import MonotonicClock
from installation.desk import Desk
from installation.exit_codes import ExitCode
from installation.hosting import InlineHost
from installation.inference.core import InferenceConfig, InferenceCore
from installation.mailbox import FrameBox, JsonBox
from installation.metering import MemoryMeter, Meter
from installation.options import ShowConfig
from installation.output.headless import open_headless
from installation.output.reading import PixelReader
from installation.output.snapshot import save_png
from installation.preset import mood
from installation.render.pipeline import Renderer
from installation.report import build_report
from installation.ring import AudioRing
from installation.show import LISTEN_SAMPLES, worker_params
from installation.status import CaptureStatus
from installation.values import SAMPLE_RATE_HZ, Features, Frame, Pixels, Samples
from installation.worker_params import ParamsSender
from s2s.card import read_card
from s2s.media.audio import read_audio
from s2s.media.video_writer import VideoFile

_DEFAULT_SIZE: Final = (1280, 720)
_DEFAULT_FPS: Final = 30.0


class FilmError(Exception):
    """The film or its snapshot cannot be written; one line."""

    exit_code: Final = ExitCode.USAGE


class PaintingError(Exception):
    """The model failed while it heard or painted; one line."""

    exit_code: Final = ExitCode.WORKER


def render(config: ShowConfig, started_at: float) -> dict[str, Any]:
    """Write the film that `config` asks for; return the run's report.

    Raises AudioFileError, BundleError, ModelError, ShaderError, DisplayError, FilmError or PaintingError.
    """
    asked, path = config.arguments, config.arguments.render
    assert path is not None
    size, fps = asked.size or _DEFAULT_SIZE, asked.fps or _DEFAULT_FPS
    sound = read_audio(Path(config.source.removeprefix("file:")), SAMPLE_RATE_HZ)
    if asked.duration_s is not None:
        sound = sound[: round(asked.duration_s * SAMPLE_RATE_HZ)]
    studio = _Studio(config, size, fps, started_at)
    try:
        return _film(config, studio, sound, path)
    except OSError as error:
        raise FilmError(f"the film cannot be written: {error}") from error
    finally:
        studio.close()


def _film(config: ShowConfig, studio: "_Studio", sound: Samples, path: Path) -> dict[str, Any]:
    asked = config.arguments
    with VideoFile(path, studio.size, studio.fps, SAMPLE_RATE_HZ) as video:
        studio.shoot(sound, video)
    if asked.snapshot is not None:
        save_png(asked.snapshot, studio.read())
    return studio.report()


class _Studio:
    """The show's parts in one thread, under a clock that moves frame by frame."""

    def __init__(self, config: ShowConfig, size: tuple[int, int], fps: float, started_at: float) -> None:
        self.size, self.fps = size, fps
        self._config = config
        with ExitStack() as undo:  # what was made before something failed is given back
            self._build(size, undo)
            self._parts = undo.pop_all()
        self._meter, self._memory = Meter(started_at), MemoryMeter()

    def _build(self, size: tuple[int, int], undo: ExitStack) -> None:
        config = self._config
        seed, preset = config.arguments.seed, config.preset
        self._real = MonotonicClock()
        self._desk = Desk(mood(preset), preset.routes)
        picture_px = read_card(config.model).generator.size_px
        self._ring = undo.enter_context(closing(AudioRing()))
        params = undo.enter_context(closing(JsonBox()))
        self._sender = ParamsSender(params)
        self._frames = undo.enter_context(closing(FrameBox.for_pictures(picture_px)))
        # Every step paints: no bound on the rate, and the same device settings as live.
        core = InferenceCore(
            InferenceConfig(config.model, seed, max_fps=1000.0, threads=2, patient=True),
            self._ring,
            params,
            self._frames,
        )
        self._slow_path = undo.enter_context(closing(InlineHost("inference", core)))
        self._surface = undo.enter_context(closing(open_headless(size)))
        self._renderer = undo.enter_context(
            closing(Renderer(self._surface.context, size, passes=preset.passes, seed=seed, adaptive=False))
        )
        self._reader = PixelReader(self._surface.context)
        self._ears, self._mixer = FastPath(), Mixer(self._second)
        self._performance: Performance | None = None
        self._frame: Frame | None = None

    def shoot(self, sound: Samples, video: VideoFile) -> None:
        """Write one picture for every frame's worth of `sound`, each with its sound."""
        total = max(int(len(sound) / SAMPLE_RATE_HZ * self.fps), 1)
        heard = 0
        for number in tqdm(range(total), desc="rendering", unit="frame", disable=None):
            now = (number + 1) / self.fps
            upto = len(sound) if number == total - 1 else round(now * SAMPLE_RATE_HZ)
            self._expose(sound[heard:upto], now)
            video.write_sound(sound[heard:upto])
            video.write(self.read())
            heard = upto
            self._meter.presented(self._real.now(), Features())
        self._memory.sample(self._real.now(), {"show": os.getpid()}, force=True)

    def read(self) -> Pixels:
        """Return the picture that was drawn last, `[height, width, 3]`."""
        return self._reader.read(self._surface.target)

    def report(self) -> dict[str, Any]:
        """Return the run's report; rates are those of the rendering, not of the film."""
        living_s = self._meter.living_picture_s
        run = {
            **{"restarts": 0, "exit_code": 0, "preset": self._config.preset.name, "source": self._config.source},
            "seed": self._config.arguments.seed,
            "living_s": None if living_s is None else self._real.now() - self._meter.started_at - living_s,
            "heard_s": round(self._ring.position.written / SAMPLE_RATE_HZ, 2),
            "render": {"internal_scale": self._renderer.internal_scale, "size": list(self._surface.size)},
        }
        status = self._slow_path.status()
        return build_report(
            meter=self._meter, memory=self._memory, capture=CaptureStatus(), inference=status, run=run, errors=[]
        )

    def close(self) -> None:
        """Give everything back."""
        if self._performance is not None:
            self._performance.close()
        self._parts.close()

    def _expose(self, sound: Samples, now: float) -> None:
        """Let one frame's worth of sound be heard, and draw the picture of `now`."""
        gain_db, mix = float(self._desk.get("/audio/gain")), float(self._desk.get("/audio/mix"))
        self._ring.write(self._mixer.apply(sound, gain_db, mix), now)
        features = self._ears.listen(self._ring.newest(LISTEN_SAMPLES), now)
        controls = self._desk.tick(now, features)
        self._sender.send(worker_params(controls, self._config.preset))
        try:
            self._slow_path.supervise(now)
        except Exception as error:  # whatever a network or its device does is one line here, as in the show
            reason = " ".join(str(error).split()) or type(error).__name__
            raise PaintingError(f"the model failed at {now:.1f} s of the film: {reason}") from error
        frame = self._frames.newest(self._frame.serial if self._frame is not None else 0)
        if frame is not None:
            self._frame = frame
            self._meter.received(frame, self._real.now())
        self._renderer.draw(self._surface.target, now=now, frame=self._frame, features=features, controls=controls)

    def _second(self, count: int) -> Samples:
        """Return the next samples of the second sound, which is made only if the mix asks for it."""
        if self._performance is None:
            self._performance = Performance(self._config.arguments.seed)
        return self._performance.read(count)
