"""A source with failover: while the primary is away, a fallback or silence stands in and a thread retries to open it.

Runs in the capture loop; `read` neither waits nor raises. A source that dies says so by SourceError, one that only
pauses gives way to silence; the primary takes over again with its first block.
"""

import logging
from concurrent.futures import Future
from functools import partial
from typing import Final

import numpy as np

from installation.audio.opening import Opener, in_thread, is_done, reopen
from installation.audio.source import MakeSound, PacedSource, Source, SourceError, SourceKind, SourceSpec
from installation.values import SAMPLE_RATE_HZ, AudioBlock, Samples
from s2s.files.names import shown

log = logging.getLogger(__name__)

_FALLBACK: Final = "demo"
_RETRY_S: Final = 3.0
_PATIENCE_S: Final = 0.25
"""An open source may pause for so long before silence takes its place: sound servers deliver in lumps."""
_START_LIMIT_S: Final = 2.0
_DEMANDED_START_LIMIT_S: Final = 15.0
_CLOSING_LIMIT_S: Final = 1.0


class FailoverSource:
    """What `spec` names whenever it can be had, else `fallback(count)`, or silence where that is None."""

    def __init__(
        self, spec: SourceSpec, opener: Opener, *, fallback: MakeSound | None = None, must_open: bool = False
    ) -> None:
        """Try to open `spec`. Raises SourceError when it `must_open` and does not."""
        self.reason = ""
        self.live: Source | None = None
        self.heard_at: float | None = None
        self.origin: object = None
        """What the last block came from; None for silence."""
        self._spec, self._opener, self._fallback = spec, opener, fallback
        self._stand_in: PacedSource | None = None
        self._dead: Source | None = None
        self._lost_before = 0
        self._remarked: set[str] = set()
        self._quiet_since: float | None = None
        self._retry_at = float("-inf")
        self._opening_spec = spec
        self._opening: Future[Source] | None = self._begin_opening()
        self._start(self._opening, must_open)

    @property
    def label(self) -> str:
        """What is heard now, in words."""
        sounding = self._stand_in or self.live
        return "silence" if sounding is None else sounding.label

    @property
    def falls_back(self) -> bool:
        """Whether the fallback is heard in place of the source."""
        return self._stand_in is not None and self._stand_in.label == _FALLBACK

    @property
    def lost_samples(self) -> int:
        """Samples lost or concealed by every source so far, and what a source that was heard has missed by dying."""
        return self._lost_before + (self.live.lost_samples if self.live is not None else 0)

    @property
    def remark(self) -> str:
        """What is amiss with the source though it is heard, in words; empty where all is well."""
        return self.live.remark if self.live is not None else ""

    def read(self, now: float) -> AudioBlock | None:
        """Return what is to be heard since the last call, None when nothing is due yet."""
        self._retry(now)
        block = self._read_live(now)
        if block is not None:
            self.origin = self.live
        else:
            block = self._read_stand_in(now)
            self.origin = self.origin if block is None else self._stand_in if self.falls_back else None
        return block

    def switch(self, spec: SourceSpec) -> None:
        """Go over to the source `spec`: the present one is closed, the fallback plays until the new one is open."""
        self._lost_before = self.lost_samples
        self._dead, self.live = self.live or self._dead, None
        self._spec, self.heard_at, self._quiet_since = spec, None, None
        if self._opening is None:  # else its end begins the new one: a device may not be free before
            self._opening = self._begin_opening()
        self._fall_back(f"the source {spec} is being opened")

    def close(self) -> None:
        """Close the source, briefly; one that hangs is left to the end of the process."""
        self._spec = self._opening_spec  # nothing is begun any more
        if self._opening is not None and is_done(self._opening, _CLOSING_LIMIT_S):
            self._finish(self._opening, must_open=False)
        for source in filter(None, (self.live, self._dead)):
            is_done(in_thread(source.close), _CLOSING_LIMIT_S)
        self.live = self._dead = None

    def _begin_opening(self) -> Future[Source]:
        dead, self._dead, self._opening_spec = self._dead, None, self._spec
        return in_thread(partial(reopen, self._opener, self._spec, dead))

    def _start(self, opening: Future[Source], must_open: bool) -> None:
        if is_done(opening, _DEMANDED_START_LIMIT_S if must_open else _START_LIMIT_S):
            self._finish(opening, must_open)
        elif must_open:
            raise SourceError(f"the source {self._spec} did not open within {_DEMANDED_START_LIMIT_S:g} s")
        else:
            self._fall_back(f"the source {self._spec} takes long to open")

    def _retry(self, now: float) -> None:
        """Take the result of opening it, or open it again when it is time."""
        if self._opening is not None:
            if self._opening.done():
                self._finish(self._opening, must_open=False)
                self._retry_at = now + _RETRY_S
        elif self.live is None and now >= self._retry_at:
            self._opening = self._begin_opening()

    def _finish(self, opening: Future[Source], must_open: bool) -> None:
        self._opening = None
        if self._opening_spec is not self._spec:
            self._dead = None if opening.exception() else opening.result()
            self._opening = self._begin_opening()
            return
        try:
            self.live = opening.result()
        except SourceError as error:
            if must_open:
                raise
            self._fall_back(str(error))
            return
        self._quiet_since = None
        if self._spec.kind is SourceKind.OSC:
            self._stand_in, self.reason = None, ""  # an open socket is well, even while nobody sends

    def _fall_back(self, reason: str) -> None:
        """Let the fallback, or silence, stand in for the source; say why, once."""
        reason = shown(reason)
        if self.reason != reason:
            log.warning("%s; until then %s", reason, "silence" if self._fallback is None else "the performance plays")
        self.reason = reason
        if self._fallback is None:
            self._stand_in = self._stand_in or _silence()
        elif not self.falls_back:
            self._stand_in = PacedSource(_FALLBACK, self._fallback)

    def _read_live(self, now: float) -> AudioBlock | None:
        if self.live is None:
            return None
        try:
            block = self.live.read(now)
        except SourceError as error:
            self._fail(str(error), now)
            return None
        if block is not None:
            self._quiet_since, self.heard_at = now, block.heard_at
            self._recover(self.live)
            self._pass_on(self.live.remark)
        return block

    def _recover(self, source: Source) -> None:
        """The source is heard: nothing stands in for it any more."""
        self._stand_in = None
        if self.reason:
            log.info("hearing %s", source.label)
            self.reason = ""

    def _pass_on(self, remark: str) -> None:
        """Say in the log what is amiss, once, however often it comes and goes."""
        if remark and remark not in self._remarked:
            self._remarked.add(remark)
            log.warning("%s", remark)

    def _fail(self, reason: str, now: float) -> None:
        """The source has died: count what was missed, and fall back."""
        missed_s = 0.0 if self._quiet_since is None else now - self._quiet_since
        self._lost_before = self.lost_samples + round(missed_s * SAMPLE_RATE_HZ)
        self._dead, self.live = self.live, None
        self._fall_back(reason)

    def _read_stand_in(self, now: float) -> AudioBlock | None:
        if self._stand_in is None:
            if self._quiet_since is None:
                self._quiet_since = now
            if now - self._quiet_since < _PATIENCE_S:
                return None
            self._stand_in = _silence()
        block = self._stand_in.read(now)
        if block is not None and self.live is None and self.heard_at is not None and not self.falls_back:
            self._lost_before += len(block.samples)
        return block


def _silence() -> PacedSource:
    return PacedSource("silence", _zeros)


def _zeros(count: int) -> Samples:
    return np.zeros(count, np.float32)
