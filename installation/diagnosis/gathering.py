"""Asks every probe and makes the page; none can spoil another's section.

What belongs to drivers and servers is asked in processes of its own, as many at once as there are cores, each under a
time limit.
"""

import contextlib
import getpass
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from installation.diagnosis.probes import answer
from installation.diagnosis.wording import Section, page, without_files, without_names
from installation.product import ROOT, product_line

TITLES: Final = {
    "product": "product",
    "system": "system",
    "packages": "packages",
    "cpu": "processor",
    "networks": "networks run on",
    "memory": "memory",
    "onscreen": "OpenGL on the display",
    "offscreen": "OpenGL off screen",
    "monitors": "monitors",
    "microphones": "microphones",
    "midi": "MIDI inputs",
    "senders": "picture to other programs",
    "ports": "ports",
    "model": "model",
    "presets": "presets",
    "report": "last report",
}
APART: Final = ("networks", "microphones", "midi", "monitors", "onscreen", "offscreen")
"""What drivers and sound servers may hang or crash, and what loads torch, which this process must not."""

OWN_NAMES: Final = {"product", "system", "packages", "cpu", "memory", "ports", "presets", "senders"}
"""What holds no words from outside: there a machine called `debian` or `gallery` must not blot out the page's own."""

LIMIT_S: Final = 30.0
TORCH_LIMIT_S: Final = 120.0
"""Loading torch from a cold disk on a busy machine takes that long."""


def diagnose(model: Path, report: Path | None, osc: tuple[str, int], web: tuple[str, int] | None) -> str:
    """Return the page; OSC would be heard at `osc`, the operator page be at `web`; `report` is a run's, if there is."""
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        apart = {name: pool.submit(look, name, TORCH_LIMIT_S if name == "networks" else LIMIT_S) for name in APART}
        lines = {name: probed(name, "") for name in ("system", "packages", "cpu", "memory", "presets", "senders")}
        lines["model"] = probed("bundle", str(model.absolute()))
        lines["ports"] = [line for kind in ("udp", "tcp") for line in probed("port", f"{kind}:{osc[0]}:{osc[1]}")]
        if web is not None:
            lines["ports"] += probed("port", f"tcp:{web[0]}:{web[1]}")
        if report is not None and report.exists():
            lines["report"] = probed("report", str(report.absolute()))
        lines |= {name: looking.result() for name, looking in apart.items()}
    lines["product"] = [product_line()]
    private = private_names()
    for name in lines.keys() - OWN_NAMES:
        lines[name] = [without_names(line, private) for line in lines[name]]
    return page(Section(title, tuple(lines[name])) for name, title in TITLES.items() if name in lines)


def probed(name: str, argument: str) -> list[str]:
    """Return what a harmless probe finds here and now, or one line `none: reason`."""
    return _as_lines(answer(name, argument))


def look(name: str, limit_s: float) -> list[str]:
    """Return what a probe finds in a process of its own, or one line `none: reason`."""
    command = [sys.executable, "-m", "installation.diagnosis.probes", name, ""]
    try:
        ended = subprocess.run(
            command, check=False, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, timeout=limit_s
        )
    except subprocess.TimeoutExpired:
        return [f"none: no answer within {limit_s:g} s"]
    except OSError as error:
        return [f"none: {error.strerror}"]
    if ended.returncode < 0:
        return [f"none: looking ended by {signal.Signals(-ended.returncode).name}"]
    try:
        return _as_lines(json.loads(ended.stdout.splitlines()[-1]))
    except (IndexError, ValueError):
        return [f"none: looking ended with exit code {ended.returncode}"]


def _as_lines(reply: Mapping[str, Any]) -> list[str]:
    return [str(line) for line in reply["lines"]] if "lines" in reply else [f"none: {without_files(reply['reason'])}"]


def private_names() -> dict[str, str]:
    """Return what must not stand on the page, and what stands there instead."""
    words = {socket.gethostname(): "<host>", socket.gethostname().partition(".")[0]: "<host>"}
    words |= dict.fromkeys(_users(), "<user>")
    words[os.path.expanduser("~")] = "<home>"  # noqa: PTH111 - Path.home() fails for a user without an entry
    return words


def _users() -> Sequence[str]:
    named = [os.environ.get(name, "") for name in ("USER", "LOGNAME", "SUDO_USER")]
    with contextlib.suppress(KeyError, OSError):  # a container's user has no entry
        named.append(getpass.getuser())
    return named
