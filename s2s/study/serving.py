"""Serves a study until it is stopped: on loopback for this machine, on another address behind a token."""

import logging
import os
import socket
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from s2s.serving.access import Access
from s2s.serving.addresses import bind, reachable, url_of
from s2s.serving.server import make_server
from s2s.study.answers import AnswerLog
from s2s.study.app import make_app
from s2s.study.manifest import check_media, read_study
from s2s.study.sitting import Sitting

_TOKEN: Final = "token"
_log = logging.getLogger(__name__)


def serve(folder: Path, host: str, port: int, wanted: int | None = None) -> None:
    """Serve the study in `folder` at `host`:`port` until the process is told to end; `wanted` are to finish.

    Raises ValueError for a folder that is no whole study or is being served, OSError for a port that is taken.
    """
    study = read_study(folder)
    check_media(folder, study)
    log, events = AnswerLog.open(folder, study)
    try:
        sitting = Sitting(study, log, events, wanted)
        access = access_to(folder, host)
        with _listen(host, port) as listener:
            _announce(access, int(listener.getsockname()[1]), sitting)
            server = make_server(make_app(folder, study, sitting, access, _refused))
            with suppress(KeyboardInterrupt):  # which is how it is told to end
                server.run(sockets=[listener])
        _log.info("%d began, %d finished", sitting.begun, sitting.finished)
    finally:
        log.close()


def access_to(folder: Path, host: str) -> Access:
    """Return who may ask. A server that comes back asks for the token that it asked for before."""
    access = Access.of(host)
    if access.token is None:
        return access
    path = folder / _TOKEN
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        kept = path.read_text(encoding="utf-8").strip()
        if len(kept) < len(access.token):
            raise ValueError(f"{path} holds no token: delete it, and the next start makes one") from None
        return replace(access, token=kept)
    with os.fdopen(file, "w", encoding="utf-8") as written:
        written.write(access.token + "\n")
    return access


def _listen(host: str, port: int) -> socket.socket:
    try:
        return bind(host, port)
    except OSError as error:
        reason = str(error.strerror).partition(" (")[0]
        raise OSError(f"cannot serve at {host}:{port}: {reason}; another --port may be free") from error


def _announce(access: Access, port: int, sitting: Sitting) -> None:
    if sitting.begun:
        _log.info("going on: %d began, %d finished", sitting.begun, sitting.finished)
    if access.token is None:
        _log.info("the study is at %s and ends with Ctrl-C", url_of(access.host, port))
        return
    urls = [url_of(host, port) + f"?token={access.token}" for host in reachable(access.host)]
    _log.warning("the study can be reached from the network by whoever has its token: %s", " or ".join(urls))


def _refused(reason: str) -> None:
    _log.warning("%s", reason)
