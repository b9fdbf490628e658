"""OSC clients that were not written here, liblo's `oscsend` and `oscdump`, with the real program."""

import contextlib
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from tests.show_runner import RAIN, ShowRun, free_udp_port
from tests.waiting import wait_until

KNOCK = "/are/you/there"
_STAGE = ("--source", RAIN, "--output", "headless", "--size", "64x36", "--fps", "10")


def send(url: str, address: str, *types_and_values: str) -> None:
    subprocess.run(["oscsend", url, address, *types_and_values], check=True, timeout=30)


def knock(url: str) -> None:
    """Send to where perhaps nobody listens yet."""
    subprocess.run(["oscsend", url, KNOCK], check=False, timeout=30, stderr=subprocess.DEVNULL)


class Dump:
    """`oscdump`, and what it has said: each line an address, types and values."""

    def __init__(self, url: str) -> None:
        self._program = subprocess.Popen(["oscdump", "-L", url], stdout=subprocess.PIPE, text=True)
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def says(self, line: str) -> bool:
        return wait_until(lambda: line in self.lines, within_s=30)

    def close(self) -> None:
        self._program.kill()
        self._program.wait(10)
        self._reader.join(5)

    def _read(self) -> None:
        stream: IO[str] | None = self._program.stdout
        assert stream is not None
        with stream:
            self.lines.extend(line.partition(" ")[2].rstrip() for line in stream)


@contextlib.contextmanager
def dumping(scheme: str) -> Iterator[tuple[int, Dump]]:
    """Run `oscdump` at a port, once it listens there."""
    port = free_udp_port()
    with contextlib.closing(Dump(f"osc.{scheme}://:{port}")) as dump:

        def listens() -> bool:
            knock(f"osc.{scheme}://127.0.0.1:{port}")
            return KNOCK in dump.lines

        assert wait_until(listens, within_s=30, every_s=0.1)
        yield port, dump


def test_oscsend_sets_and_oscdump_is_told_over_udp_and_tcp(tmp_path: Path, tiny_model: Path) -> None:
    with (
        ShowRun(tmp_path, *_STAGE, "--model", str(tiny_model)) as show,
        dumping("udp") as (udp_port, told),
        dumping("tcp") as (tcp_port, relayed),
    ):
        show.wait_for("OSC control at ")
        udp, tcp = (f"osc.{scheme}://localhost:{show.osc_port}" for scheme in ("udp", "tcp"))
        send(udp, "/subscribe", "i", str(udp_port))
        assert told.says("/audio/gain f 0.000000")  # the state
        send(udp, "/audio/gain", "f", "-6")
        assert told.says("/audio/gain f -6.000000")
        send(tcp, "/audio/gain", "d", "100")
        assert told.says("/audio/gain f 24.000000")
        send(tcp, "/latent/{blend,drift}/", "s", "0.75")
        assert told.says("/latent/blend f 0.750000") and told.says("/latent/drift f 0.750000")
        send(udp, "/latent/hold", "T")
        assert told.says("/latent/hold T #T")
        send(udp, "/latent/hold", "h", "0")
        assert told.says("/latent/hold F #F")
        send(tcp, "/audio/tap", "m", "00904040")
        assert told.says("/audio/tap T #T")
        send(udp, "/audio/gain", "c", "x")  # of no use: refused, and said
        show.wait_for("OSC refused")

        with (  # what comes back along a connection, as another reads it
            socket.create_connection(("127.0.0.1", show.osc_port), timeout=30) as line,
            socket.create_connection(("127.0.0.1", tcp_port), timeout=30) as relay,
        ):
            line.sendall(b"\xc0/subscribe\0\0,s\0\0/audio/*\0\0\0\0\xc0")
            line.settimeout(0.5)
            for _ in range(60):
                with contextlib.suppress(TimeoutError):
                    relay.sendall(line.recv(4096))
                if "/audio/gain f 24.000000" in relayed.lines:
                    break
            assert relayed.says("/audio/gain f 24.000000")
        assert show.stop() == 0, show.log
    assert "Traceback" not in show.log
