"""What takes the finished pictures besides the surface: the wiring of recordings, snapshots and senders."""

import logging
from functools import partial

from installation.desk import Desk
from installation.options import ShowConfig
from installation.output.films import Films
from installation.output.recording import Recorder
from installation.output.senders.kinds import KINDS
from installation.output.senders.sender import Absent, Sender
from installation.output.senders.target import Target
from installation.output.sink import Sink
from installation.output.snapshots import Snapshots
from installation.output.surface import Surface
from installation.output.wall import WallView
from installation.ring import AudioRing
from installation.values import ParameterValue

log = logging.getLogger(__name__)


def open_sinks(config: ShowConfig, surface: Surface, ring: AudioRing, desk: Desk, fps: float) -> list[Sink]:
    """Open what takes the finished pictures, `fps` a second; a new kind is one more line here."""
    snapshots = Snapshots(config.venue.pictures)
    ended = partial(desk.correct, "/show/record", False)
    films = Films(config.venue.films, lambda: surface.size, fps, ring, ended)
    desk.watch(partial(_save_on_demand, snapshots, films))
    sinks: list[Sink] = [snapshots, films]
    if config.arguments.record is not None:
        sinks.append(Recorder(config.arguments.record, surface.size, fps, ring))
    if config.arguments.page is not None:
        sinks.append(WallView(surface))
    return sinks + [_open_sender(target, surface, ring, fps) for target in config.send]


def _save_on_demand(snapshots: Snapshots, films: Films, address: str, value: ParameterValue, _origin: str) -> None:
    """Do what whoever moved a control asked for, if it is one of these two."""
    if address == "/show/snapshot":
        snapshots.take()
    elif address == "/show/record":
        films.want(bool(value))


def _open_sender(target: Target, surface: Surface, ring: AudioRing, fps: float) -> Sink:
    """Begin to send, or say in one line why that cannot be here and what to install; the show goes on without."""
    kind = KINDS[target.kind]
    missing = kind.missing()
    if missing and not kind.may_come:
        log.warning("%s is not sent to: %s %s", target.name, target.kind, missing)
        return Absent(target.name, f"{target.kind} {missing}")
    log.info("sending the picture to %s", target.name)
    return Sender(target.name, partial(kind.make, target), ring, lambda: surface.size, fps)
