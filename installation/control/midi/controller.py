"""One controller's hands on the desk: what its messages move, what it is taught, what it is told. Show thread alone.

Three maps lie over each other: what the device was taught, the preset's, and one that ships for the device. The
uppermost that knows a control has it alone.
"""

import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from installation.control.bindings import Binding, chooser
from installation.control.midi.events import EventKind, MessageReader, MidiEvent
from installation.control.midi.feedback import Feedback, Message
from installation.control.midi.layers import Layer, uncovered
from installation.control.midi.learning import FORGET, LEARN, LIMIT_S, Learner
from installation.control.midi.map import MidiMap
from installation.control.midi.store import DeviceMap, MapStore, shipped_map
from installation.control.midi.takeover import Grip
from installation.control.rejections import RejectionCounter
from installation.control_status import MidiBinding
from installation.desk import Desk
from installation.disk_queue import DiskQueue
from installation.parameter import ParameterError
from installation.values import ParameterValue
from s2s.files.quote import one_line, quoted

_HALF_S: Final = 0.02
"""So long half a position waits for its other half, which some controllers leave out where it is 0."""
_log = logging.getLogger(__name__)


class Controller:
    """What one device does. `device` is its name, None while there is none.

    Without a `store` nothing is learnt, kept or told: so is a port that is listened to for its clock.
    """

    def __init__(
        self,
        desk: Desk,
        mapping: MidiMap,
        rejections: RejectionCounter,
        store: MapStore | None = None,
        presets: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        self.device: str | None = None
        self.last_event = self.last_learnt = ""
        self._desk, self._preset, self._store, self._presets = desk, mapping, store, presets
        self._learnt, self._shipped = DeviceMap(), DeviceMap()
        self._rejections = rejections
        self._reader, self._learner, self._feedback = MessageReader(), Learner(desk.row), Feedback(desk.row)
        self._grips: dict[Binding, Grip] = {}
        self._halves: dict[Binding, tuple[MidiEvent, float]] = {}
        self._asked: deque[tuple[str, str]] = deque(maxlen=8)
        self._has_maps = False
        self._unread: str | None = None
        self._arrived: deque[tuple[DeviceMap, DeviceMap]] = deque(maxlen=1)
        self._disk = DiskQueue("midi maps")
        self._feedback_port: str | None = None
        self._layers: tuple[Layer, ...] = ()
        self._active: tuple[Binding, ...] = ()
        self._by_address: dict[str, list[Binding]] = {}
        self._listed: tuple[MidiBinding, ...] = ()
        self._settle_map()
        if store is not None:
            desk.watch(self._on_change)

    @property
    def learning(self) -> str:
        """The address for which a control is waited for, empty while none is."""
        return self._learner.address

    def bindings(self) -> tuple[MidiBinding, ...]:
        """Return all that this device moves, in words, by whose map. Any thread."""
        return self._listed

    def remap(self, mapping: MidiMap) -> None:
        """Take another preset's map, from the next message on."""
        self._preset = mapping
        self._settle_map()

    def plug(self, device: str | None) -> None:
        """Take note of another device, None for none; its maps come when the disk has given them."""
        if device == self.device:
            return
        self.device = device
        self._reader, self._learnt, self._shipped = MessageReader(), DeviceMap(device or ""), DeviceMap()
        self._has_maps = False
        self._grips.clear()
        self._settle_map()
        self._arrived.clear()
        self._unread = device if self._store is not None else None
        self._read_maps()

    def connect(self, feedback_port: str | None) -> None:
        """Take note of the port that is told, None for none; one that has come is told everything."""
        if feedback_port != self._feedback_port and feedback_port is not None:
            self._feedback.begin()
            self._feedback.remap(self._active)
        self._feedback_port = feedback_port

    def take(self, message: Mapping[str, Any], now: float) -> bool:
        """Do what a message asks for; return whether it is one that can be bound. Raises nothing."""
        reading = self._reader.read(message)
        if not reading:
            return False
        self.last_event = reading[0].words
        if self._learner.address:
            self._learner.take(reading, now)
            return True
        for binding, event in self._met(reading):
            if binding.bits == 14 and not event.whole:
                self._halves[binding] = event, now
            else:
                self._halves.pop(binding, None)
                self._act(binding, event, now)
        return True

    def answer(self, now: float) -> None:
        """Begin to learn, or forget, as was asked: before a control counts that was moved after the asking."""
        while self._asked:
            self._answer(*self._asked.popleft(), now)

    def poll(self, now: float) -> None:
        """Learn, forget, and go on with what waits; once a turn. Raises nothing."""
        self._read_maps()
        if self._arrived:
            self._take_maps(*self._arrived.popleft())
        for binding, (event, came_at) in list(self._halves.items()):
            if now - came_at > _HALF_S:
                del self._halves[binding]
                self._act(binding, event, now)
        self.answer(now)
        if self._learner.address:
            self._learn(now)

    def messages(self, now: float) -> list[Message]:
        """Return what to tell the controller at `now`, as bytes."""
        return [] if self._feedback_port is None else self._feedback.messages(self._desk, now)

    def stop_learning(self, reason: str) -> None:
        """Wait for no control any more, if one is waited for, and say why."""
        if self._learner.address:
            self._refuse(reason)

    def close(self) -> None:
        """End, when what was learnt is kept."""
        self._disk.close()

    def _met(self, reading: tuple[MidiEvent, ...]) -> list[tuple[Binding, MidiEvent]]:
        named = [event for event in reading if event.kind is EventKind.NRPN]
        others = [event for event in reading if event.kind is not EventKind.NRPN]
        for events in (named, others):
            for layer in self._layers:
                met = [(binding, event) for event in events for binding in layer.hearing(event)]
                if met:
                    return met
        return []

    def _act(self, binding: Binding, event: MidiEvent, now: float) -> None:
        grip = self._grips.setdefault(binding, Grip())
        try:
            self._feedback.heard(binding, event, now)
            binding.act(event, self._desk, grip, now, self._go_to)
        except ParameterError as error:
            self._rejections.add(str(error))

    def _go_to(self, place: int) -> None:
        chooser(self._presets(), self._desk)(place)

    def _on_change(self, address: str, value: ParameterValue, origin: str) -> None:
        if address in (LEARN, FORGET):
            if origin != "show":
                self._asked.append((address, str(value)))
            return
        self._feedback.changed(self._by_address.get(address, ()))

    def _answer(self, address: str, words: str, now: float) -> None:
        if address == FORGET:
            if words:
                self._forget(words)
            return
        self._learner.cancel()
        if not words:
            return
        try:
            self._learner.begin(words, now)
            _log.info("MIDI: waiting for a control for %s", words)
        except ParameterError as error:
            self._refuse(str(error))

    def _learn(self, now: float) -> None:
        address = self._learner.address
        if self._learner.is_overdue(now):
            self._refuse(f"learn: nothing moved for {LIMIT_S:g} s: {address} was not learnt")
            return
        if address not in self._desk.rows:
            self._refuse(f"learn: {address} has left with its shader")
            return
        if not self._has_maps:  # to keep one more of what is not known yet would lose the rest
            return
        try:
            binding = self._learner.binding(now, self._desk.get(address))
        except ParameterError as error:
            self._rejections.add(str(error))  # another control may be moved
            self.last_learnt = str(error)
            return
        if binding is None:
            return
        moves = binding.kind not in (EventKind.NOTE, EventKind.PROGRAM) and binding.relative is None
        usual = self._learnt.usual
        binding = replace(
            binding,
            takeover=usual.takeover if moves else binding.takeover,
            feedback=binding.feedback and usual.feedback,
        )
        self._keep(self._learnt.learnt(binding), f"learnt: {binding.words}")
        self._learner.cancel()
        self._desk.correct(LEARN, "")

    def _forget(self, words: str) -> None:
        kept = self._learnt.forgotten(words)
        if not self._has_maps or kept.bindings == self._learnt.bindings:
            self._rejections.add(f"forget: {quoted(words)} is nothing that {self.device or 'a controller'} was taught")
        else:
            self._keep(kept, f"forgotten: {words}")
        self._desk.correct(FORGET, "")

    def _refuse(self, reason: str) -> None:
        self._rejections.add(reason)
        self.last_learnt = reason
        self._learner.cancel()
        self._desk.correct(LEARN, "")

    def _keep(self, learnt: DeviceMap, words: str) -> None:
        _log.info("MIDI: %s", words)
        self._learnt, self.last_learnt = replace(learnt, is_refused=False), words
        self._settle_map()
        store = self._store
        assert store is not None, "what is learnt has a place"

        def write() -> None:
            try:
                store.write(learnt)
            except OSError as error:
                reason = one_line(error.strerror or error)
                self._rejections.add(
                    f"what {learnt.device} was taught cannot be kept: {store.path(learnt.device)}: {reason}"
                )

        if not self._disk.run(write):
            self._rejections.add("what was taught cannot be kept: the venue's folder does not answer")

    def _read_maps(self) -> None:
        device, store = self._unread, self._store
        if device is None or store is None:
            return
        if self._disk.run(lambda: self._arrived.append((store.read(device), shipped_map(device)))):
            self._unread = None

    def _take_maps(self, learnt: DeviceMap, shipped: DeviceMap) -> None:
        if learnt.device != self.device:  # it was pulled meanwhile
            return
        self._learnt, self._shipped, self._has_maps = learnt, shipped, True
        for problem in (learnt.problem, shipped.problem):
            if problem:
                self._rejections.add(problem)
        if shipped.bindings:
            _log.info("MIDI: the map of %s that ships is in use", shipped.device)
        self._settle_map()

    def _settle_map(self) -> None:
        """Forget what was known of controls that no map has any more, and tell the controller where all stands."""
        named = {"learnt": self._learnt.bindings, "preset": self._preset.bindings, "shipped": self._shipped.bindings}
        self._layers = tuple(Layer(bindings) for bindings in named.values())
        shown = {
            binding: whose
            for whose, bindings in zip(named, uncovered(self._layers), strict=True)
            for binding in bindings
        }
        self._active = tuple(shown)
        self._by_address = {}
        for binding in self._active:
            self._by_address.setdefault(binding.address, []).append(binding)
        self._listed = tuple(MidiBinding(b.control, b.address, b.words, whose) for b, whose in shown.items())
        self._grips = {binding: self._grips[binding] for binding in self._active if binding in self._grips}
        self._halves.clear()
        self._feedback.remap(self._active)
