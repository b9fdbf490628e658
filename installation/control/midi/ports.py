"""The MIDI ports, in a process of their own: a script that `midi.py` runs; the only importer of mido and rtmidi.

Of its own, because rtmidi holds Python's lock while it talks to a driver (opening a JACK port takes up to 150 ms, with
a stuck server for ever) and because drivers write to stderr. It imports nothing of this project, so it starts quickly.
Out: one JSON line a message, one twice a second about the ports. In: `{"open": NAME, "feedback": NAME}`, either may be
null, and `{"send": [[BYTE, …], …]}` to the port that is told; the end of stdin ends it.
"""

import collections
import json
import os
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any, TextIO

import mido
import rtmidi

_CLIENT_NAME = "Sound to Scene"
_LISTEN_S = 0.004
_IDLE_S = 0.25
_LIST_S = 0.5
_PROBE_S = 3.0
_MOST_BATCHES = 64


class Ports:
    """The ports of one API (`alsa`, `jack`, or the system's own for an empty name): the input that is open, and the
    output that is told what the show does.
    """

    def __init__(self, api: str) -> None:
        apis = {"": rtmidi.API_UNSPECIFIED, "alsa": rtmidi.API_LINUX_ALSA, "jack": rtmidi.API_UNIX_JACK}
        self._api = apis[api]
        self._input = rtmidi.MidiIn(self._api, _CLIENT_NAME)
        self._input.ignore_types(timing=False)  # the clock is wanted; system exclusive and sensing are not
        self._output = rtmidi.MidiOut(self._api, f"{_CLIENT_NAME} feedback")
        self.opened: str | None = None
        self.told: str | None = None

    def names(self) -> list[str]:
        """Return the inputs there are, and let go of the open one if it is gone: rtmidi does not tell."""
        names = _names_of_others(self._input.get_ports())
        if self.opened not in names:
            self.open(None)
        return names

    def output_names(self) -> list[str]:
        """Return the ports that can be told something, and let go of the one that is if it is gone."""
        names = _names_of_others(self._output.get_ports())
        if self.told not in names:
            self.tell(None)
        return names

    def open(self, name: str | None) -> None:
        """Listen to the port `name` alone; to none for None, and where it is gone by now."""
        if name != self.opened:
            self.opened = _connected(self._input, name, self.opened)

    def tell(self, name: str | None) -> None:
        """Tell the port `name` alone; none for None, and where it is gone by now."""
        if name != self.told:
            self.told = _connected(self._output, name, self.told)

    def send(self, messages: list[list[int]]) -> None:
        """Send messages' bytes to the port that is told, if there is one."""
        for message in messages if self.told is not None else []:
            self._output.send_message(message)

    def messages(self) -> list[dict[str, Any]]:
        """Return what arrived since the last call, decoded."""
        messages = []
        while (timed := self._input.get_message()) is not None:
            message = decoded(timed[0])
            if message is not None:
                messages.append(message)
        return messages

    def probe(self) -> None:
        """Raise rtmidi.RtMidiError when the server behind the ports is gone.

        Only JACK has one; its library goes on listing the ports of a dead server, but gives it no new client.
        """
        if self._api == rtmidi.API_UNIX_JACK:
            rtmidi.MidiOut(self._api, f"{_CLIENT_NAME} probe").delete()


def decoded(message: Sequence[int]) -> dict[str, Any] | None:
    """Return what the bytes of one message say, None for half a message from a bad cable."""
    try:
        return dict(mido.Message.from_bytes(message).dict())
    except (ValueError, IndexError):  # mido looks for a pitch wheel's bytes without asking whether there are any
        return None


def _names_of_others(names: list[str]) -> list[str]:
    return [str(name) for name in names if not str(name).startswith(_CLIENT_NAME)]


def _connected(port: Any, name: str | None, before: str | None) -> str | None:
    """Connect an input or output to the port `name` instead of to `before`; return what it is connected to now."""
    if before is not None:
        port.close_port()
    names = port.get_ports()
    if name not in names:
        return None
    port.open_port(names.index(name))
    return name


class Requests:
    """Requests of the show, read by a thread of its own; the end of its stream ends this process."""

    def __init__(self, stream: TextIO) -> None:
        self.open: str | None = None
        self.tell: str | None = None
        self.batches: collections.deque[list[list[int]]] = collections.deque(maxlen=_MOST_BATCHES)
        threading.Thread(target=self._read, args=(stream,), daemon=True).start()

    def _read(self, stream: TextIO) -> None:
        for line in stream:
            request = json.loads(line)
            if "send" in request:
                self.batches.append(request["send"])
            else:
                self.open, self.tell = request["open"], request.get("feedback")
        os._exit(0)  # the show has gone, and a driver may hang in anything gentler


def serve(api: str) -> None:
    """Report ports and messages until the show is gone. Raises rtmidi.RtMidiError when the driver is."""
    requests, ports = Requests(sys.stdin), Ports(api)
    list_at = probe_at = time.monotonic()
    while True:
        now = time.monotonic()
        if now >= probe_at:
            ports.probe()
            probe_at = now + _PROBE_S
        before = ports.opened, ports.told
        ports.open(requests.open)
        ports.tell(requests.tell)
        if now >= list_at or before != (ports.opened, ports.told):
            inputs, outputs = ports.names(), ports.output_names()
            write_report({"ports": inputs, "outputs": outputs, "open": ports.opened, "feedback": ports.told})
            list_at = now + _LIST_S
        for message in ports.messages():
            write_report({"message": message, "at": now})
            probe_at = now + _PROBE_S  # what sends is alive
        while requests.batches:
            ports.send(requests.batches.popleft())
        time.sleep(_IDLE_S if ports.opened is None else _LISTEN_S)


def write_report(report: dict[str, Any]) -> None:
    """Write one line to the show."""
    sys.stdout.write(json.dumps(report) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        serve(sys.argv[1])
    except rtmidi.RtMidiError as error:
        write_report({"problem": str(error)})
        sys.exit(1)
    except BrokenPipeError:
        os._exit(0)
