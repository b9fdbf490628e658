"""`--check`: is all there that this show needs? A line for each thing, with what to do where something is missing.

Within twenty seconds or as many as are given, beside a show that runs: ports that shows hold are said and no fault.
What is missing and has a stand-in (a microphone: the built-in performance; a display: none) is said and no fault
either, unless the command line names it.
"""

import contextlib
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from installation.diagnosis.gathering import look, probed
from installation.exit_codes import ExitCode
from installation.options import ShowConfig
from installation.service.trial import second_of_show
from installation.standard_output import print_out
from installation.venue import Venue
from s2s.card import BundleError, read_card
from s2s.files.names import shown
from s2s.files.quote import one_line

PROGRAM: Final = "run_show.py"
_START_S: Final = 4.0
_PROBE_S: Final = 6.0
_LEAST_FREE_MIB: Final = 500
_LEAST_SHARED_MIB: Final = 64
_MIB: Final = 2**20


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing: what it is, what was found, and what to do where that will not do (empty: it does)."""

    what: str
    found: str
    to_do: str = ""

    @property
    def line(self) -> str:
        return f"{'NO' if self.to_do else 'ok'}  {self.what}: {self.found}{f' -- {self.to_do}' if self.to_do else ''}"


def check(config: ShowConfig, arguments: Sequence[str], within_s: float) -> int:
    """Print a line for each thing that the show of `config` needs; return 0 where all is there, else 1.

    It takes `within_s` at most, the start of this program included.
    """
    ends_at = time.monotonic() + within_s - _START_S
    steps: list[Callable[[], Iterator[Finding]]] = [
        lambda: check_model(config.model),
        lambda: check_room(config.venue, Path("/dev/shm")),
        lambda: check_ports(config),
    ]
    with ThreadPoolExecutor(max_workers=3) as pool:
        apart = {name: pool.submit(look, name, _PROBE_S) for name in ("microphones", "midi", "monitors")}
        findings = [finding for step in steps for finding in _said(step())]
        devices = {name: looking.result() for name, looking in apart.items()}
    findings += _said(check_devices(config, devices))
    if all(not finding.to_do for finding in findings if finding.what == "model"):
        findings += _said(check_show(arguments, ends_at - time.monotonic()))
    return ExitCode.UNEXPECTED if any(finding.to_do for finding in findings) else ExitCode.OK


def check_model(folder: Path) -> Iterator[Finding]:
    """The model: whether its card and its files are there; whether they compute, the second of show tells."""
    try:
        card = read_card(folder)
    except BundleError as error:
        to_do = "name another with --model, or set the program up again (./setup.sh)"
        return (yield Finding("model", one_line(error, 200), to_do))
    yield Finding("model", f"{card.name} {card.version}")


def check_room(venue: Venue, shared: Path) -> Iterator[Finding]:
    """Whether the venue's folder can be written, and what is left on its disk and in shared memory."""
    there = next(path for path in (venue.folder, *venue.folder.parents) if path.exists())
    probe = there / ".sound-to-scene-check"
    try:
        probe.write_bytes(b"")
        probe.unlink()
        free_mib = shutil.disk_usage(there).free // _MIB
    except OSError as error:
        to_do = "give this user the right to write there, or name another folder with --venue"
        yield Finding("venue's folder", f"{there}: {one_line(error.strerror or error)}", to_do)
    else:
        to_do = "make room: recordings lie in films" if free_mib < _LEAST_FREE_MIB else ""
        yield Finding("venue's folder", f"{venue.folder}, {free_mib / 1024:.1f} GiB free", to_do)
    if shared.is_dir():
        free_mib = shutil.disk_usage(shared).free // _MIB
        small = free_mib < _LEAST_SHARED_MIB
        to_do = f"give {shared} more (mount -o remount,size=256m {shared}; in a container --shm-size)" if small else ""
        yield Finding("shared memory", f"{free_mib} MiB free", to_do)


def check_ports(config: ShowConfig) -> Iterator[Finding]:
    """Whether the show can listen where it is told to; 0 is any port that is free."""
    args = config.arguments
    wanted = [("OSC", "udp", args.osc_port, "--osc-port"), ("OSC", "tcp", args.osc_port, "--osc-port")]
    wanted += [("page", "tcp", args.page, "--page")] if args.page is not None else []
    wanted += [("OSCQuery", "tcp", args.oscquery, "--oscquery")] if args.oscquery is not None else []
    for what, kind, (host, number), option in wanted:
        (found,) = probed("port", f"{kind}:{host}:{number}")
        taken = "taken" in found or found.startswith("none")
        if taken and number in ports_of_shows():
            yield Finding(what, f"{kind.upper()} {number}: held by a show that runs")
        else:
            to_do = f"end the program that has it, or take another with {option}" if taken else ""
            yield Finding(what, found, to_do)


def ports_of_shows() -> set[int]:
    """Return the ports that shows of this user's hold now; a check beside one is no reason to end it."""
    ports: set[int] = set()
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and any(Path(word).name == PROGRAM for word in process.cmdline()[:3]):
                ports |= {connection.laddr.port for connection in process.net_connections() if connection.laddr}
    return ports


def check_devices(config: ShowConfig, devices: dict[str, list[str]]) -> Iterator[Finding]:
    """Whether the microphone, the controller and the display are there that the command line names."""
    microphones, ports, monitors = (_found(devices[name]) for name in ("microphones", "midi", "monitors"))
    missing = config.source.startswith("mic") and not microphones
    yield Finding(
        "microphone",
        _listed(microphones, devices["microphones"], "the built-in performance plays until one comes"),
        "plug one in, or leave --source out" if missing and config.source_demanded else "",
    )
    named = config.midi_device not in ("auto", "none", "")
    absent = named and not any(config.midi_device.casefold() in port.casefold() for port in ports)
    to_do = f"plug in {one_line(config.midi_device)}, or name another with --midi" if absent else ""
    yield Finding("MIDI", _listed(ports, devices["midi"], "it is waited for"), to_do)
    output = config.arguments.output
    without = "the show runs without a window"
    needs = output.startswith("window") and not monitors
    to_do = "start it in a graphical session (DISPLAY), or with --output auto" if needs else ""
    yield Finding("display", _listed(monitors, devices["monitors"], without), to_do)


def check_show(arguments: Sequence[str], limit_s: float) -> Iterator[Finding]:
    """A second of the show itself: processes, model, shaders, sound."""
    trial = second_of_show(arguments, max(limit_s, 1.0))
    if trial.problem:
        to_do = "run it in a terminal with --output headless --verbose, and see what it says"
        return (yield Finding("a second of show", trial.problem, to_do))
    pace = f", {trial.fps:.0f} pictures a second" if trial.fps else ""
    yield Finding("a second of show", f"a picture that hears after {trial.living_after_s:.1f} s{pace}")


def _said(findings: Iterator[Finding]) -> list[Finding]:
    """Print each at once: who waits sees what for."""
    kept = []
    for finding in findings:
        print_out(shown(finding.line) + "\n")
        kept.append(finding)
    return kept


def _found(lines: Sequence[str]) -> list[str]:
    return [line for line in lines if not re.match(r"none\b", line)]


def _listed(found: Sequence[str], lines: Sequence[str], instead: str) -> str:
    if found:
        return one_line("; ".join(found), 200)
    reason = lines[0].partition(": ")[2] if lines else ""
    return f"none{f' ({one_line(reason, 120)})' if reason else ''}: {instead}"
