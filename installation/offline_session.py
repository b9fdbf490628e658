"""`--render` of a logged session: the evening's pictures drawn again, turn by turn, into a film of any size and rate.

At the log's own rate every turn is drawn at its own moment, and the film shows each frame what stood on the wall then;
at the log's own size as well these are the pictures that were shown. At another rate the same evening is drawn at the
film's own moments, at another size as finely as can be.
"""

import itertools
import logging
import math
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeAlias

from installation.exit_codes import ExitCode
from installation.film_workers import PaintingError
from installation.heard_meter import HeardMeter
from installation.inference.repainting import Repainter
from installation.metering import MemoryMeter
from installation.offline import RenderingMeter
from installation.options import ShowConfig
from installation.output.film import FilmError, FilmSink
from installation.output.headless import open_headless
from installation.output.snapshot import PixelReader, SnapshotError, save_png
from installation.output.surface import Surface
from installation.product import product_line
from installation.render.shader_sources import ShaderSources, read_sources
from installation.render.still import pictures_to_come, still_of
from installation.report import build_report
from installation.session.entries import Picture, Turn
from installation.session.fingerprint import model_sha256
from installation.session.header import Header, SessionError, differences, versions
from installation.session.reading import Extent, Session
from installation.session.replayed import ReplayedRenderer
from installation.session.soundtrack import sound_of
from installation.soundtrack import Soundtrack
from installation.status import CaptureStatus, GeneratorStatus, InferenceStatus
from installation.values import SAMPLE_RATE_HZ, Features, Frame, Pixels
from s2s.card import read_card
from s2s.files.quote import one_line, why

log = logging.getLogger(__name__)

_AHEAD: Final = 24
"""So many turns are read ahead, so that pictures are painted beside the drawing of those before."""
_SAME_RATE: Final = 1e-6
_SAME_MOMENT_S: Final = 1e-9
_Drawn: TypeAlias = tuple[Turn, Frame | None]


def render_session(
    config: ShowConfig,
    facts: Mapping[str, Any],
    started_at: float,
    hand_over: Callable[[Callable[[], None]], None] = lambda _stop: None,
) -> dict[str, Any]:
    """Write the film of the session that `config` names; return the run's report, which `facts` are part of.

    `hand_over` is given what ends the film early, whole up to there.

    Raises SessionError, ModelError, ShaderError, DisplayError, FilmError or PaintingError.
    """
    args = config.arguments
    assert args.session is not None and args.render is not None
    session = Session(args.session)
    extent = session.extent()
    if extent.damage:
        log.warning("session log: %s; what was written before that is drawn", extent.damage)
    header = session.header
    models = Models(header, extent, args.model)
    with ExitStack() as opened:
        surface = opened.enter_context(closing(open_headless(args.size or header.size)))
        _warn(header, surface)
        fps = args.fps or header.fps
        duration_s = min(_film_s(extent, fps), args.duration_s or float("inf"))
        sound = sound_of(session, extent, math.ceil(duration_s * SAMPLE_RATE_HZ) + 1)
        film = SessionFilm(
            session,
            surface,
            fps,
            at_its_size=args.size in (None, header.size),
            models=models,
            texts=read_sources(config.venue.shaders),
        )
        opened.enter_context(closing(film.renderer.renderer))
        sink = FilmSink(args.render, surface.size, Soundtrack(sound, fps))
        meter = RenderingMeter(started_at)
        hand_over(film.stop)
        with closing(sink):
            film.run(sink, Soundtrack(sound, fps).frames, meter)
        if args.snapshot is not None:
            _save(args.snapshot, film.last_picture())
        return _report(film, extent, meter, {**facts, "exit_code": int(ExitCode.OK)})


class Models:
    """Where the models of a session lie today; `given` is where the first of them does, where the log is wrong."""

    def __init__(self, header: Header, extent: Extent, given: Path | None) -> None:
        self._header, self._extent, self._given = header, extent, given

    def folder_of(self, named: str) -> Path:
        """Return the folder of a model that the log names. Raises SessionError where it is not there, or changed."""
        folder = self._given if self._given is not None and named == self._header.model else Path(named)
        logged = self._extent.models.get(named)
        try:
            if logged is None or model_sha256(folder) != logged:
                raise SessionError(
                    f"the model in {one_line(folder, 200)} is not the one that this session was painted by "
                    "(--model DIR says where that lies)"
                )
        except OSError as error:
            raise SessionError(
                f"the model of this session cannot be read (--model DIR says where it lies): {why(error)}"
            ) from None
        return folder


class SessionFilm:
    """Draws a session on `surface`; `at_its_size` says that this is the size that it was shown at."""

    def __init__(
        self, session: Session, surface: Surface, fps: float, *, at_its_size: bool, models: Models, texts: ShaderSources
    ) -> None:
        """Raises SessionError or ShaderError."""
        header = self.header = session.header
        self.folder = session.folder
        self._session, self._surface, self._models = session, surface, models
        self._fps, self._at_its_rate = fps, abs(fps - header.fps) < _SAME_RATE
        self._reader = PixelReader(surface.context)
        self.drawn = self.painted = 0
        self._stopped = False
        first = next(iter(session.turns()))
        self._began = first.now
        self.renderer = ReplayedRenderer(
            surface.context, surface.size, header, first, as_shown=at_its_size, texts=texts
        )
        folder = models.folder_of(header.model)
        still, size_px = still_of(folder), read_card(folder).generator.size_px
        self.renderer.warm_up(surface.target, pictures_to_come(still, size_px), header)

    def stop(self) -> None:
        """End the film after this picture. Safe in a signal handler."""
        self._stopped = True

    def run(self, sink: FilmSink, frames: int, meter: RenderingMeter) -> None:
        """Give `frames` pictures to `sink`. Raises SessionError, FilmError or PaintingError."""
        with Painting(self._session.turns(), Repainter(self._models.folder_of)) as painting:
            drawn = self._as_it_was(painting) if self._at_its_rate else self._anew(painting)
            for number, _ in zip(range(frames), drawn, strict=False):
                sink.offer(number / self._fps, self.last_picture)
                meter.presented(0.0, Features())
                if self._stopped:
                    break
            self.painted = painting.painted

    def last_picture(self) -> Pixels:
        """Return what was drawn last, `[height, width, 3]`."""
        return self._reader.read(self._surface.target)

    def _as_it_was(self, painting: "Painting") -> Iterator[None]:
        """Draw each turn at its moment; yield once for each frame of the film that it stands for, the last for ever."""
        number = 0
        for (turn, frame), (coming, _) in itertools.pairwise(itertools.chain(painting, [(None, None)])):
            assert turn is not None
            self._draw(turn, frame, turn.now)
            ends_s = float("inf") if coming is None else coming.now - self._began
            while number / self._fps < ends_s - _SAME_MOMENT_S:
                number += 1
                yield

    def _anew(self, painting: "Painting") -> Iterator[None]:
        """Draw at each of the film's moments what the newest turn says."""
        waiting = iter(painting)
        newest, coming = next(waiting), next(waiting, None)
        for number in itertools.count():
            now = self._began + number / self._fps
            while coming is not None and coming[0].now <= now + _SAME_MOMENT_S:
                newest, coming = coming, next(waiting, None)
            self._draw(*newest, now)
            yield

    def _draw(self, turn: Turn, frame: Frame | None, now: float) -> None:
        self.renderer.draw(self._surface.target, turn, frame, now)
        self.drawn += 1


class Painting:
    """The turns of a session, each with its generated picture: painted ahead, in a thread of its own."""

    def __init__(self, turns: Iterator[Turn], repainter: Repainter) -> None:
        self._turns, self._repainter = turns, repainter
        self._executor = ThreadPoolExecutor(1, "painter", initializer=Repainter.begin)
        self._newest: tuple[Picture, Future[Frame]] | None = None
        self._serial = 0
        self.painted = 0

    def __enter__(self) -> "Painting":
        return self

    def __exit__(self, *_: object) -> None:
        self._executor.shutdown(cancel_futures=True)

    def __iter__(self) -> Iterator[_Drawn]:
        """Yield in order. Raises SessionError, or PaintingError where a model fails."""
        waiting: deque[tuple[Turn, Future[Frame] | None]] = deque()
        for turn in self._turns:
            waiting.append((turn, self._picture_of(turn)))
            if len(waiting) > _AHEAD:
                yield self._done(*waiting.popleft())
        while waiting:
            yield self._done(*waiting.popleft())

    def _picture_of(self, turn: Turn) -> Future[Frame] | None:
        if turn.picture is None:
            return None
        if self._newest is None or self._newest[0] is not turn.picture:
            self._serial += 1
            paint = partial(self._paint, turn.picture, self._serial)
            self._newest = turn.picture, self._executor.submit(paint)
        return self._newest[1]

    def _paint(self, picture: Picture, serial: int) -> Frame:
        self.painted += 1
        pixels = self._repainter.paint(picture.wish) if picture.wish else picture.pixels
        assert pixels is not None
        return Frame(pixels, serial, 0.0, picture.stamp[1])

    @staticmethod
    def _done(turn: Turn, picture: Future[Frame] | None) -> _Drawn:
        try:
            return turn, None if picture is None else picture.result()
        except Exception as error:
            if isinstance(getattr(error, "exit_code", None), ExitCode):
                raise
            reason = one_line(error, 300) or type(error).__name__
            raise PaintingError(f"the model failed at {turn.now:.1f} s of the session: {reason}") from error


def _film_s(extent: Extent, fps: float) -> float:
    """Return how long a film is whose last frame shows the last turn."""
    return (math.ceil(extent.duration_s * fps - _SAME_RATE) + 1) / fps


def _warn(header: Header, surface: Surface) -> None:
    """Say what has a part in the pictures and is another one here."""
    here = Header(product=product_line(), versions=versions(), driver=str(surface.context.info["GL_RENDERER"]))
    if found := differences(header, here):
        log.warning("the film may differ from the evening in small things: %s", one_line("; ".join(found), 600))


def _report(film: SessionFilm, extent: Extent, meter: RenderingMeter, facts: Mapping[str, Any]) -> dict[str, Any]:
    header = film.header
    run = {"preset": header.preset_name, **facts, "source": header.source, "seed": header.seed, "restarts": 0}
    told = build_report(
        meter=meter,
        memory=MemoryMeter(),
        heard=HeardMeter(),
        capture=CaptureStatus(),
        inference=InferenceStatus(generator=GeneratorStatus(frames=film.painted)),
        run=run,
        errors=[],
    )
    session = {"folder": str(film.folder), "turns": extent.turns, "seconds": round(extent.duration_s, 3)}
    return {**told, "session": {**session, "drawn": film.drawn, "damage": extent.damage}}


def _save(path: Path, pixels: Pixels) -> None:
    try:
        save_png(path, pixels)
    except SnapshotError as error:
        raise FilmError(f"the film's snapshot cannot be written: {error}") from error
