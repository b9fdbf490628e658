"""What there is on this machine, one thing a function. `gathering` calls some of them in a process of their own:

    python -m installation.diagnosis.probes NAME [ARGUMENT]

The last line on stdout is JSON: `{"lines": […]}`, or `{"reason": …}` where it could not be found out.
"""

import hashlib
import importlib.metadata
import json
import os
import platform
import re
import shutil
import socket
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from installation.diagnosis.wording import locked_versions, package_lines, processor, report_lines, without_files
from installation.product import ROOT

_GIB: Final = 2**30


def packages(_: str) -> list[str]:
    """The versions of what `pyproject.toml` asks for, beside those of the lock."""
    requirements = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    names = [re.split(r"[^A-Za-z0-9._-]", text, maxsplit=1)[0] for text in requirements]
    return package_lines({name: _installed(name) for name in names}, locked_versions(_lock()))


def _installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _lock() -> str:
    try:
        return (ROOT / "requirements.lock").read_text(encoding="utf-8")
    except OSError:
        return ""


def system(_: str) -> list[str]:
    """Python and the operating system."""
    try:
        name = platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        name = platform.system()
    return [f"Python {platform.python_version()} ({platform.python_implementation()})", f"{name}, {_kernel()}"]


def _kernel() -> str:
    return f"{platform.system()} {platform.release()}, {platform.machine()}"


def cpu(_: str) -> list[str]:
    """Model, cores, and the instruction sets that the system reports."""
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    model, sets = processor(text)
    return [f"{model}, {os.cpu_count()} cores, {len(os.sched_getaffinity(0))} for this program", " ".join(sets)]


def memory(_: str) -> list[str]:
    """Memory, shared memory and disk: what there is and what is left, in GiB."""
    import psutil

    ram = psutil.virtual_memory()
    rooms = [("shared memory", "/dev/shm"), ("disk", str(ROOT))]
    lines = [f"memory {ram.total / _GIB:.1f} GiB, {ram.available / _GIB:.1f} free"]
    usages = [(name, shutil.disk_usage(path)) for name, path in rooms if Path(path).is_dir()]
    return lines + [f"{name} {usage.total / _GIB:.1f} GiB, {usage.free / _GIB:.1f} free" for name, usage in usages]


def networks(_: str) -> list[str]:
    """What torch sees of the processor and of a GPU."""
    from installation.inference.machine import machine_lines

    return machine_lines()


def offscreen(_: str) -> list[str]:
    """The OpenGL that a show without a window draws with."""
    from installation.output.driver import describe_driver

    return describe_driver(display=False)


def onscreen(_: str) -> list[str]:
    """The OpenGL of the display."""
    from installation.output.driver import describe_driver
    from installation.output.window_screens import list_monitors

    list_monitors()  # says in its own words why there is no display
    return describe_driver(display=True)


def monitors(_: str) -> list[str]:
    """The monitors, by the numbers that `--output window:N` takes."""
    from installation.output.window_screens import list_monitors

    return list_monitors()


def microphones(_: str) -> list[str]:
    """The microphones, by the names that `--source mic:NAME` takes."""
    from installation.audio.microphone import list_devices

    return [str(device) for device in list_devices()]


def midi(_: str) -> list[str]:
    """The MIDI inputs, by the names that `--midi` takes."""
    from installation.control.midi.link import list_ports

    return list_ports()


def port(argument: str) -> list[str]:
    """Whether this program could listen: `udp:HOST:PORT` or `tcp:HOST:PORT`."""
    kind, _, address = argument.partition(":")
    host, _, number = address.rpartition(":")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM) as listener:
        if kind == "tcp":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, int(number)))
        except OSError as error:
            return [f"{kind.upper()} {number}: taken or refused ({error.strerror})"]
    return [f"{kind.upper()} {number}: free"]


def bundle(folder: str) -> list[str]:
    """A model's name and version, and a hash over its card and weights."""
    from s2s.card import CARD, BundleError, read_card

    path = Path(folder)
    try:
        card = read_card(path)
    except BundleError as error:
        raise ValueError(f"{error.key}: {error.message}" if error.key else error.message) from None
    digest = hashlib.sha256()
    for part in sorted([path / CARD, *path.glob("*.safetensors")]):
        with part.open("rb") as file:
            digest.update(part.name.encode() + hashlib.file_digest(file, "sha256").digest())
    return [f"{card.name} {card.version}, sha256 {digest.hexdigest()[:16]}"]


def presets(_: str) -> list[str]:
    """The presets that ship or lie beside them; what is wrong with one is said."""
    from installation.presets.naming import preset_names
    from installation.presets.preset import PresetError
    from installation.presets.reading import load_preset

    lines = []
    for name in preset_names():
        try:
            load_preset(name)
            lines.append(name)
        except PresetError as error:
            lines.append(f"{name}: {without_files(str(error).partition(': ')[2])}")
    return lines


def report(path: str) -> list[str]:
    """How the run ended whose report lies at `path`."""
    document = json.loads(Path(path).read_text(encoding="utf-8"))
    if not isinstance(document, dict):
        raise ValueError("the file is not a run's report")
    return report_lines(document)


def senders(_: str) -> list[str]:
    """What `--send` could send to from here, and what the rest wants."""
    from installation.output.senders.kinds import readiness

    return [f"{kind}: {state}" for kind, state in readiness().items()]


PROBES: Final[dict[str, Callable[[str], list[str]]]] = {
    "packages": packages,
    "system": system,
    "cpu": cpu,
    "memory": memory,
    "networks": networks,
    "offscreen": offscreen,
    "onscreen": onscreen,
    "monitors": monitors,
    "microphones": microphones,
    "midi": midi,
    "senders": senders,
    "port": port,
    "bundle": bundle,
    "presets": presets,
    "report": report,
}


def answer(name: str, argument: str) -> dict[str, object]:
    """Return what a probe found, or in one line why it found nothing."""
    try:
        return {"lines": PROBES[name](argument)}
    except Exception as error:  # the page says what fails on this machine, whatever it is
        return {"reason": (str(error) or type(error).__name__).splitlines()[0]}


if __name__ == "__main__":
    sys.stdout.write("\n" + json.dumps(answer(sys.argv[1], sys.argv[2])) + "\n")
