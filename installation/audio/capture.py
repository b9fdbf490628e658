"""The core of the capture process: hears the source that is asked for, conditions it, writes the shared ring.

It never waits and never stops; what happens while the source is away is the business of `failover`. What the ring holds
is what the encoder and the meters hear, not clipped.
"""

from dataclasses import dataclass
from typing import Final

from installation.audio.conditioning import Conditioner
from installation.audio.failover import FailoverSource
from installation.audio.file import SoundFile
from installation.audio.opening import Opener, open_microphone
from installation.audio.osc_pcm import OscPcm
from installation.audio.prepared import PreparedPerformance
from installation.audio.seam import Seam
from installation.audio.source import PacedSource, Source, SourceKind, SourceSpec, parse_source
from installation.mailbox import JsonBox
from installation.parameters import DEFAULTS
from installation.ring import AudioRing
from installation.status import CaptureStatus
from installation.values import Controls
from installation.worker_params import ParamsReader
from s2s.files.names import shown

_STEP_S: Final = 0.005
_PREPARATION_LIMIT_S: Final = 10.0


@dataclass(frozen=True)
class CaptureConfig:
    """What to listen to. A `demanded` source must open at the start, and stays whichever preset comes; any other gives
    way to the performance, and to the source of the preset that is shown. `again` says that it has been open before.
    """

    source: str
    demanded: bool
    seed: int
    loop_file: bool = True
    osc_host: str = "127.0.0.1"
    again: bool = False


class CaptureCore:
    """Sound into the ring, whatever happens to its source. Every method belongs to the thread that steps it."""

    def __init__(
        self, config: CaptureConfig, ring: AudioRing, params: JsonBox, *, opener: Opener | None = None
    ) -> None:
        """Open the source; `params` carries WorkerParams.

        Raises SourceError when the text names no source, or a demanded one does not open.
        """
        self._config, self._ring = config, ring
        self._params = ParamsReader(params)
        self._controls, self._source_text = Controls(DEFAULTS), config.source
        self._take_params()
        self._now, self._blocks = 0.0, 0
        self._performance = PreparedPerformance(config.seed)
        # Another seed for the mix: mixed with itself, the performance would only be louder.
        self._second = PreparedPerformance(config.seed + 1)
        self._conditioner, self._seam = Conditioner(self._second.read), Seam()
        self._source = FailoverSource(
            parse_source(self._source_text),
            opener or self._open,
            fallback=None if config.demanded else self._performance.read,
            # Sound in the ring means that this is a restart: what opened once is waited for.
            must_open=config.demanded and not config.again and ring.position.written == 0,
        )
        if self._source.falls_back:
            self._performance.prepare(_PREPARATION_LIMIT_S)

    def step(self, now: float) -> float:
        """Move the sound that has arrived into the ring; return the seconds until the next step is wanted."""
        self._now = now
        self._follow_params()
        block = self._source.read(now)
        if block is not None:
            self._blocks += 1
            joined = self._seam.join(block.samples, self._source.origin)
            self._ring.write(self._conditioner.condition(joined, self._controls), block.heard_at)
        return _STEP_S

    def status(self) -> CaptureStatus:
        """Return what is heard, what was wanted, why they differ, and what was lost."""
        source, live = self._source, self._source.live
        return CaptureStatus(
            source=source.label,
            wanted=shown(self._source_text),
            lost_samples=source.lost_samples,
            fallback=source.falls_back,
            reason=source.reason,
            remark=source.remark,
            scene=self._performance.scene,
            auto_gain_db=round(self._conditioner.auto_gain_db, 1),
            block_age_s=None if source.heard_at is None else round(self._now - source.heard_at, 3),
            ended=live.ended if isinstance(live, SoundFile) else None,
            features=live.features(self._now) if isinstance(live, OscPcm) else None,
            rejected_packets=live.rejected_packets if isinstance(live, OscPcm) else None,
            blocks=self._blocks,
        )

    def close(self) -> None:
        """Let go of the source; one that hangs is left to the end of the process."""
        self._source.close()
        self._performance.close()
        self._second.close()

    def _open(self, spec: SourceSpec) -> Source:
        if spec.kind is SourceKind.FILE:
            return SoundFile(spec.name, loop=self._config.loop_file)
        if spec.kind is SourceKind.OSC:
            return OscPcm(spec.port, self._config.osc_host)
        if spec.kind is SourceKind.DEMO:
            self._performance.prepare(_PREPARATION_LIMIT_S)
            return PacedSource("demo", self._performance.read)
        return open_microphone(spec.name, spec.channel)

    def _follow_params(self) -> None:
        before = self._source_text
        self._take_params()
        if self._source_text != before:
            self._source.switch(parse_source(self._source_text))

    def _take_params(self) -> None:
        params = self._params.newest()
        if params is None:
            return
        self._controls = params.controls
        if params.source is not None and not self._config.demanded:
            self._source_text = params.source
