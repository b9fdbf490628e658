"""What a flood of OSC does to the display: `python -m tests.benchmarks.osc_flood`, some 50 s; nothing else should run.

20 000 messages a second beside 1 000 malformed ones, for ten seconds, from another process; the times between pictures
before, during and after come from the same run. `tests/show/test_osc_flood.py` holds what must be so on any machine.
"""

import argparse
import json
import socket
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from installation.control.osc.messages import read_packet, write_message
from tests.show_runner import ShowRun

MESSAGES_A_SECOND: Final = 20_000
MALFORMED_A_SECOND: Final = 1_000
_CHUNK_S: Final = 0.005
_FADERS: Final = ("/render/hue", "/render/saturation", "/render/brightness", "/latent/drift", "/latent/blend")
_MALFORMED: Final = (
    b"\xff" * 40,
    b"#bundle\0" + bytes(8) + b"\xff\xff\xff\xfc",
    b"/render/hue\0,zz\0" + bytes(8),
    b"/render/hue\0,f\0\0\x7f\xc0\0\0",  # NaN
    b"/render/heu\0,f\0\0\0\0\0\0",
    b"/render/hue\0,s\0\0much\0\0\0\0",
    b"/accxyz\0,fff\0\0\0\0" + bytes(12),
    b"/[" * 200,
)


@dataclass(frozen=True, slots=True)
class FloodOutcome:
    """What came of a flood. Intervals between pictures in ms, by phase; `lines` were logged from its start on."""

    sent: int
    took_s: float
    p95_ms: dict[str, float]
    last_said: float
    last_held: float
    lines: list[str]
    osc: dict[str, Any]

    @property
    def growth(self) -> float:
        """By how much of itself the display's p95 grew while the flood came."""
        return self.p95_ms["during"] / self.p95_ms["before"] - 1.0


def flood_show(folder: Path, *arguments: str, calm_s: float = 10.0, flood_s: float = 10.0) -> FloodOutcome:
    """Run a show with `arguments`, let it warm up, look for `calm_s`, flood it, and look again."""
    times = folder / "times.npy"
    program = ("-m", "tests.benchmarks.timed_show", str(times))
    with ShowRun(folder, *arguments, "--page", "127.0.0.1:0", program=program) as show:
        show.wait_for("INFO installation.show: ok", 180.0)
        time.sleep(calm_s)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.connect(("127.0.0.1", show.osc_port))
            sender.settimeout(10.0)
            edges = [time.monotonic()]
            time.sleep(calm_s)
            said_before = len(show.lines)
            edges.append(time.monotonic())
            sent, last = _flood(sender, flood_s)
            edges.append(time.monotonic())
            time.sleep(1.0)
            sender.send(b"/render/hue\0")
            ((_, answer),) = read_packet(sender.recv(1000)).messages
            time.sleep(calm_s - 1.0)
            edges.append(time.monotonic())
        lines = show.lines[said_before:]
        assert show.stop() == 0, show.log
        report = show.report()
    phases = dict(zip(("before", "during", "after"), pairwise(edges), strict=True))
    presented_at = np.load(times)
    return FloodOutcome(
        sent=sent,
        took_s=edges[2] - edges[1],
        p95_ms={name: _p95_ms(presented_at, *between) for name, between in phases.items()},
        last_said=last,
        last_held=float(str(answer.arguments[0])),
        lines=lines,
        osc={"errors": [error for error in report["errors"] if error.startswith("osc")]},
    )


def _flood(sender: socket.socket, flood_s: float) -> tuple[int, float]:
    """Send at the rate, in small chunks; return how many messages, and the last value of the hue.

    What is sent is made before, so that this program takes as little as it can of the machine that is measured.
    """
    good, bad = round(MESSAGES_A_SECOND * _CHUNK_S), round(MALFORMED_A_SECOND * _CHUNK_S)
    values = [round(step / 997, 4) for step in range(997)]
    packets = [write_message(fader, value) for value in values for fader in _FADERS]
    chunks = round(flood_s / _CHUNK_S)
    began = time.monotonic()
    for chunk in range(chunks):
        for number in range(chunk * good, (chunk + 1) * good):
            sender.send(packets[number % len(packets)])
        for number in range(chunk * bad, (chunk + 1) * bad):
            sender.send(_MALFORMED[number % len(_MALFORMED)])
        time.sleep(max(began + (chunk + 1) * _CHUNK_S - time.monotonic(), 0.0))
    last = 1.8765
    sender.send(write_message("/render/hue", last))
    for malformed in _MALFORMED:
        sender.send(malformed)
    return chunks * (good + bad), last


def _p95_ms(presented_at: NDArray[np.float64], start: float, end: float) -> float:
    within = presented_at[(presented_at >= start) & (presented_at < end)]
    return float(np.percentile(np.diff(within), 95) * 1e3)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.osc_flood", description=__doc__)
    parser.add_argument("--size", default="1280x720", help="of the headless picture (default: 1280x720)")
    parser.add_argument("--seconds", type=float, default=10.0, help="of the flood and of the calm around it")
    parser.add_argument("--out", type=Path, metavar="OUT.json", help="where the numbers go, too")
    args = parser.parse_args(arguments)
    stage = ("--source", "demo", "--output", "headless", "--size", args.size)
    with tempfile.TemporaryDirectory() as folder:
        outcome = flood_show(Path(folder), *stage, calm_s=args.seconds, flood_s=args.seconds)
    p95_ms = {name: round(value, 2) for name, value in outcome.p95_ms.items()}
    numbers = {
        "sent_a_second": round(outcome.sent / outcome.took_s),
        "p95_ms": p95_ms,
        "growth": round(outcome.growth, 3),
        "last_value": {"said": outcome.last_said, "held": outcome.last_held},
        "lines": outcome.lines,
        "osc": outcome.osc,
    }
    text = json.dumps(numbers, indent=2)
    if args.out is not None:
        args.out.write_text(text + "\n", encoding="utf-8")
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
