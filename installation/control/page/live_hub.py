"""Tells all pages that are connected the same: what was set, what is heard, how the show is, what is on the wall, and
where that lies.

Runs in the page's thread, and only while somebody is connected. What is the same for all is written once; a page that
does not keep up finds the newest in its outbox. The show's thread has no part in it but `Changes`.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Final

from installation.control.page import page_json
from installation.control.page.live_client import LiveClient
from installation.control.page.live_messages import EditOutput, SetValue
from installation.control.page.live_outbox import Changes
from installation.control.page.live_pictures import LivePictures
from installation.control.page.sources import Sources
from installation.outputs.edits import changed
from installation.outputs.layout import LayoutError
from installation.parameter import Kind, ParameterError
from installation.presets.shelf import ListedPreset
from installation.product import version
from installation.values import ParameterValue
from s2s.serving.keys import Key

MAX_CLIENTS: Final = 32
MAX_CLIENTS_A_PEER: Final = 16
ORIGIN: Final = "page"
_VALUES_EVERY_S: Final = 1 / 30
_METERS_EVERY_S: Final = 1 / 12
_STATUS_EVERY_S: Final = 1.0
_EVENTS_EVERY_S: Final = 0.25
_PRESETS_EVERY_S: Final = 3.0
_LIST_WITHIN_S: Final = 1.0
"""A disk that does not answer holds back no page: the presets then come later."""
LOGGED_OUT: Final = 4401
"""The code of a connection whose token does not count any more."""


class LiveHub:
    """`refused` is told each reason for which something was not taken; `is_out` says whether a key opens no more."""

    def __init__(
        self,
        sources: Sources,
        changes: Changes,
        refused: Callable[[str], None],
        is_out: Callable[[Key], bool] = lambda _key: False,
    ) -> None:
        self.pictures = LivePictures(sources.wall)
        self._sources, self._changes, self._refused, self._is_out = sources, changes, refused, is_out
        self._clients: list[LiveClient] = []
        self._told: dict[str, ParameterValue] = {}
        self._rows = sources.desk.rows
        self._presets: list[ListedPreset] = []
        self._models: Sequence[str] = ()
        self._product = ""
        self._events: tuple[object, ...] = ()
        self._outputs: object = None
        self._listing: asyncio.Task[None] | None = None
        self._teller: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._due_at: dict[str, float] = {}
        self._values_at = float("-inf")

    @property
    def count(self) -> int:
        """How many pages are connected; any thread."""
        return len(self._clients)

    def why_full(self, new: LiveClient) -> str:
        """Return why there is no room for another page, empty where there is.

        Those who only look have half of the places: they keep no operator out.
        """
        alike = [client.peer for client in self._clients if client.key.role is new.key.role]
        most, most_a_peer = (
            (MAX_CLIENTS, MAX_CLIENTS_A_PEER) if new.may_set else (MAX_CLIENTS // 2, MAX_CLIENTS_A_PEER // 2)
        )
        if len(self._clients if new.may_set else alike) >= most:
            return f"{most} pages are connected already"
        if alike.count(new.peer) >= most_a_peer:
            return f"{most_a_peer} pages of this address are connected already"
        return ""

    async def add(self, client: LiveClient) -> None:
        """Greet a page, and tell it everything from now on."""
        self._clients.append(client)  # before the greeting is written: nothing that happens meanwhile is missed
        if self._teller is None or self._teller.done():
            self._due_at.clear()
            self._teller = asyncio.create_task(self._tell_until_alone())
        if not self._presets:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(self._list()), _LIST_WITHIN_S)
        greeting = page_json.hello(self._sources.desk, client.key, self._presets, self._models, self._product)
        client.outbox.put("hello", page_json.as_text(greeting))
        self._outputs = None
        self._due_at["status"], self._events = 0.0, ()  # the others are told once more: it costs nothing
        client.wake()

    def remove(self, client: LiveClient) -> None:
        """Forget a page that has gone. Harmless when repeated."""
        with contextlib.suppress(ValueError):
            self._clients.remove(client)
        self._ask_for_pictures()

    def set(self, client: LiveClient, message: SetValue) -> None:
        """Ask the desk for a value; whoever may not, or asks for what cannot be, is told why."""
        try:
            if not client.may_set:
                raise ParameterError("who only looks sets nothing")
            self._sources.desk.post(message.address, message.value, ORIGIN)
        except ParameterError as error:
            self._refused(str(error))
            client.refuse(message.number, message.address[:200], str(error))
            return
        row = self._sources.desk.rows.get(message.address)
        if row is not None and row.kind is not Kind.TRIGGER:  # of which the show says when it has happened
            self._told.pop(message.address, None)  # told again, even where it is what it was: that is the answer
            self._changes.note(message.address)
            self._wake.set()

    def set_later(self, client: LiveClient, message: SetValue) -> None:
        """Take a value of a page that sends too many: with the next ones, if no newer one comes until then."""
        if message.address in self._sources.desk.rows:
            client.later[message.address] = message
        if not client.remarked:
            client.remarked = True
            self._refused("a page sets more than 200 values a second: of each parameter the newest counts")

    def edit_output(self, client: LiveClient, message: EditOutput) -> None:
        """Move an output; whoever may not, or asks for what cannot be, is told why."""
        try:
            if not client.may_set:
                raise LayoutError("who only looks moves no output")
            if self._sources.outputs is None:
                raise LayoutError("this show has no outputs")
            self._sources.outputs.edit(lambda layout: changed(layout, message.name, message.change))
        except LayoutError as error:
            self._refused(str(error))
            client.refuse(message.number, message.address, str(error))
            return
        self._wake.set()

    def edit_later(self, client: LiveClient, message: EditOutput) -> None:
        """Take an edit of a page that sends too many: with the next ones, joined with what comes until then."""
        outputs = self._sources.outputs
        if outputs is not None and any(output.name == message.name for output in outputs.get().outputs):
            client.later[message.address] = message

    def ask_for_pictures(self, client: LiveClient, fps: float) -> None:
        """Send a page so many pictures a second from now on."""
        client.fps = fps
        self._ask_for_pictures()

    async def hang_up_strangers(self) -> None:
        """End the connections whose key does not open any more, on the thread of this hub."""
        self._hang_up_strangers()

    def _hang_up_strangers(self) -> None:
        # Also where a preset without a view has come after one with it.
        for client in self._clients:
            if self._is_out(client.key):
                client.close(LOGGED_OUT, "the token was changed")

    def _ask_for_pictures(self) -> None:
        self.pictures.ask(max((client.fps for client in self._clients), default=0.0))

    async def _tell_until_alone(self) -> None:
        loop = asyncio.get_running_loop()
        while self._clients:
            self._wake.clear()
            try:
                self._tell(loop.time())
            except Exception as error:  # a status that cannot be told is no reason to tell nothing
                self._refused(f"a page was not told everything: {type(error).__name__}: {error}")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_VALUES_EVERY_S):
                    await self._wake.wait()
            early_s = self._values_at + _VALUES_EVERY_S - loop.time()
            if early_s > 0.0:
                await asyncio.sleep(early_s)

    def _tell(self, now: float) -> None:
        for client in self._clients:
            waiting, client.later = client.later, {}
            for message in waiting.values():
                if isinstance(message, SetValue):
                    self.set(client, message)
                else:
                    self.edit_output(client, message)
        self._tell_table()
        self._tell_values(now)
        self._tell_outputs(now)
        if self._is_due("meters", now, _METERS_EVERY_S):
            self._tell_all("meters", page_json.meters(self._sources.features(), idle=self._sources.idle()))
        if self._is_due("events", now, _EVENTS_EVERY_S):
            self._tell_events(now)
        if self._is_due("status", now, _STATUS_EVERY_S):
            self._hang_up_strangers()
            self._tell_all("status", page_json.status(self._sources.status()))
            self._note_all()
        if self._is_due("presets", now, _PRESETS_EVERY_S):
            self._list()
        self.pictures.deliver(self._clients, now)

    def _tell_values(self, now: float) -> None:
        changed: dict[str, ParameterValue] = {}
        rows = self._sources.desk.rows
        for address in self._changes.take():
            if (row := rows.get(address)) is None:  # of a shader that has left
                continue
            value = True if row.kind is Kind.TRIGGER else self._sources.desk.get(address)
            if row.kind is Kind.TRIGGER or self._told.get(address) != value or address not in self._told:
                changed[address] = value
        if changed:
            self._values_at = now
            self._told.update(changed)
            for client in self._clients:
                client.outbox.put_values(changed)
                client.wake()

    def _tell_table(self) -> None:
        """Tell which rows there are, where shaders have come or gone."""
        rows = self._sources.desk.rows
        if rows is not self._rows:
            self._rows, self._told = rows, {address: self._told[address] for address in rows.keys() & self._told.keys()}
            self._tell_all("parameters", {"type": "parameters", "parameters": page_json.table(self._sources.desk)})

    def _tell_outputs(self, now: float) -> None:
        outputs = self._sources.outputs
        if outputs is None:
            return
        there = outputs.get(), tuple(self._sources.monitors())
        if there != self._outputs:
            self._outputs, self._values_at = there, now
            self._tell_all("outputs", {"type": "outputs", **page_json.outputs(*there)})

    def _note_all(self) -> None:
        """Look at every parameter now and then: two surfaces that set one within a turn leave no change behind."""
        for address, row in self._sources.desk.rows.items():
            if row.kind is not Kind.TRIGGER and address in self._told:
                self._changes.note(address)

    def _tell_events(self, now: float) -> None:
        happened = self._sources.events()
        kinds = tuple((event.what, event.times, event.over, event.done) for event in happened)
        if kinds != self._events:
            self._events = kinds
            self._tell_all("events", page_json.events(happened, now))

    def _tell_all(self, kind: str, message: dict[str, object]) -> None:
        text = page_json.as_text(message)
        for client in self._clients:
            client.outbox.put(kind, text)
            client.wake()

    def _is_due(self, kind: str, now: float, every_s: float) -> bool:
        due_at = self._due_at.get(kind, 0.0)
        if now < due_at:
            return False
        self._due_at[kind] = max(due_at + every_s, now)
        return True

    def _list(self) -> "asyncio.Task[None]":
        """Read the folders of presets and models beside this thread, once at a time."""
        if self._listing is None or self._listing.done():
            self._listing = asyncio.create_task(self._read_lists())
        return self._listing

    async def _read_lists(self) -> None:
        def read() -> tuple[list[ListedPreset], Sequence[str], str]:
            return self._sources.listed(), self._sources.models(), self._product or f"sound-to-scene {version()}"

        try:
            presets, self._models, self._product = await asyncio.to_thread(read)
        except Exception as error:
            self._refused(f"the presets cannot be listed: {type(error).__name__}: {error}")
            return
        if presets != self._presets:
            self._presets = presets
            self._tell_all("presets", {"type": "presets", "presets": page_json.described(presets)})
