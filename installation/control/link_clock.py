"""The beat of an Ableton Link session: what Live, and much else in one network, agrees on. The only importer of aalink.

An optional extra (`pip install .[link]`); without it the show says so once and goes on hearing its beat.
"""

import asyncio
import importlib
import logging
from typing import Any, Final, Protocol, cast

from installation.control_status import LinkStatus
from installation.desk import Desk
from installation.values import Beat

CHOICE: Final = "link"
_ABSENT: Final = "Ableton Link wants the package aalink: .venv/bin/pip install 'aalink>=0.2.3'"
_OWN_BPM: Final = 120.0
"""What this peer brings along; it is heard nowhere, for a peer that comes takes the session's tempo."""

log = logging.getLogger(__name__)


class Session(Protocol):
    """What is used of `aalink.Link`."""

    enabled: bool

    @property
    def num_peers(self) -> int: ...

    @property
    def tempo(self) -> float: ...

    @property
    def beat(self) -> float: ...


class LinkClock:
    """Joins the session while `/audio/clock` is `link`, and never changes its tempo. Show thread."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._session: Session | None = None
        self._problem = ""

    def start(self) -> None:
        """Nothing is held before it is wanted: Link speaks to the whole network."""

    def poll(self, _now: float) -> None:
        """Join or leave as the desk says."""
        wanted = self._desk.get("/audio/clock") == CHOICE
        if wanted and self._session is None and not self._problem:
            self._join()
        elif not wanted:
            self.close()

    def beat(self, _now: float, behind_s: float = 0.0) -> Beat | None:
        """Return the session's beat of `behind_s` ago, None while nobody else is there."""
        session = self._session
        if session is None or session.num_peers == 0:
            return None
        return Beat(session.tempo, (session.beat - behind_s * session.tempo / 60.0) % 1.0, 1.0)

    def status(self) -> LinkStatus:
        """Return how many others there are."""
        return LinkStatus(problem=self._problem, peers=0 if self._session is None else self._session.num_peers)

    def close(self) -> None:
        """Leave the session."""
        self._problem = ""
        if self._session is not None:
            self._session.enabled = False
            self._session = None

    def _join(self) -> None:
        try:
            self._session = asyncio.run(_open(importlib.import_module("aalink")))
        except (ImportError, OSError, RuntimeError) as error:
            self._problem = _ABSENT if isinstance(error, ImportError) else f"Ableton Link does not open: {error}"
            log.warning("%s", self._problem)
        else:
            self._session.enabled = True
            log.info("Ableton Link: joined")


async def _open(aalink: Any) -> Session:
    # A session is made inside a loop, and what is read of it needs none.
    return cast(Session, aalink.Link(_OWN_BPM))
