"""Maps that lie over each other: who hears an event, and what is covered by the maps above. Pure.

Looked up and not searched: maps may have a thousand entries, and a controller a thousand messages a second.
"""

from collections.abc import Sequence

from installation.control.bindings import Binding
from installation.control.midi.events import EventKind, MidiEvent


class Layer:
    """The bindings of one map, found by what they hear."""

    def __init__(self, bindings: Sequence[Binding]) -> None:
        self.bindings = tuple(bindings)
        self._by_event: dict[tuple[EventKind, int | None], list[Binding]] = {}
        for binding in self.bindings:
            self._by_event.setdefault((binding.kind, binding.number), []).append(binding)

    def hearing(self, event: MidiEvent) -> list[Binding]:
        """Return the bindings that meet `event`."""
        near = [*self._by_event.get((event.kind, event.number), ()), *self._by_event.get((event.kind, None), ())]
        return [binding for binding in near if binding.meets(event)]


def uncovered(layers: Sequence[Layer]) -> list[list[Binding]]:
    """Return, layer by layer from the uppermost, the bindings that share no control with one of a layer above."""
    taken: dict[tuple[str, int], set[int | None]] = {}
    shown = []
    for layer in layers:
        shown.append([binding for binding in layer.bindings if not _is_taken(binding, taken)])
        for binding in layer.bindings:
            for message in binding.messages:
                taken.setdefault(message, set()).add(binding.channel)
    return shown


def _is_taken(binding: Binding, taken: dict[tuple[str, int], set[int | None]]) -> bool:
    """Return whether a message of `binding` is among those that are `taken`, on a channel of its own."""
    for message in binding.messages:
        channels = taken.get(message, set())
        if channels and (binding.channel is None or None in channels or binding.channel in channels):
            return True
    return False
