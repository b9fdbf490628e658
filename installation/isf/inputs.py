"""Where the inputs of ISF passes stand: what the preset says, what a hand moves by OSC, and how they get there.

An input `amount` of the pass `ripple` is `/isf/ripple/amount`. Numbers, colours and points glide; switches, choices and
events are there at once. Headers and texts change while the show runs: what is asked for then is brought into bounds.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from installation.isf.header import IsfHeader, IsfInput, IsfValue
from installation.parameter import ParameterError
from s2s.files.quote import one_line, quoted

PREFIX: Final = "/isf/"
_HAND_S: Final = 0.08
"""A fader's steps become a movement, as those of the show's own controls do."""

IsfSettings = Mapping[str, Mapping[str, IsfValue]]
"""Values by pass and input."""


@dataclass(slots=True)
class _Standing:
    """Where one input is: on its way from `begin` to `end`, since `since`, for `lasts_s` seconds."""

    item: IsfInput
    end: IsfValue
    begin: IsfValue = field(default=0.0)
    since: float = 0.0
    lasts_s: float = 0.0

    def at(self, now: float) -> IsfValue:
        share = 1.0 if self.lasts_s <= 0 else min(max((now - self.since) / self.lasts_s, 0.0), 1.0)
        glides = self.item.kind in ("float", "color", "point2D")
        if share >= 1.0 or not glides:
            return self.end
        if isinstance(self.end, tuple) and isinstance(self.begin, tuple):
            return tuple(a + (b - a) * share for a, b in zip(self.begin, self.end, strict=True))
        assert not isinstance(self.end, tuple) and not isinstance(self.begin, tuple)
        return self.begin + (self.end - self.begin) * share


class IsfInputs:
    """Any thread may ask and move; `uniforms` belongs to the show's thread, which draws."""

    def __init__(self, headers: Mapping[str, IsfHeader] | None = None, settings: IsfSettings | None = None) -> None:
        self._lock = threading.Lock()
        self._standing: dict[str, _Standing] = {}
        self._settings: dict[str, dict[str, IsfValue]] = {}
        self._now = 0.0
        self.declare(headers or {})
        self.go_to(settings or {}, 0.0)

    def declare(self, headers: Mapping[str, IsfHeader]) -> None:
        """Have the inputs of these passes from now on; those that were there before stay where they are."""
        with self._lock:
            known, self._standing = self._standing, {}
            for name, header in headers.items():
                for item in header.inputs:
                    address = address_of(name, item.name)
                    before = known.get(address)
                    if before is None or before.item.kind != item.kind:
                        set_to = self._settings.get(name, {}).get(item.name, item.default)
                        value = item.nearest(set_to)
                        self._standing[address] = _Standing(item, item.default if value is None else value)
                        continue
                    followed = before.item.default == before.end and item.default != before.end
                    end = item.default if followed else before.end  # an edited default shows where nobody moved it
                    taken = item.nearest(end)
                    begin = before.at(self._now)
                    self._standing[address] = _Standing(
                        item, item.default if taken is None else taken, begin, self._now, _HAND_S
                    )

    def go_to(self, settings: IsfSettings, duration_s: float) -> None:
        """Go where a preset says, in `duration_s` seconds; inputs that it leaves out go to their defaults."""
        with self._lock:
            self._settings = {name: dict(values) for name, values in settings.items()}
            named = {address_of(name, key): value for name, values in settings.items() for key, value in values.items()}
            for address, standing in self._standing.items():
                self._aim(standing, named.get(address, standing.item.default), duration_s)

    def change(self, before: IsfSettings, after: IsfSettings, duration_s: float) -> None:
        """Go where an edited preset says, as far as it says another thing than `before`; the rest stays."""
        with self._lock:
            self._settings = {name: dict(values) for name, values in after.items()}
            old, new = _flat(before), _flat(after)
            for address in old.keys() | new.keys():
                standing = self._standing.get(address)
                if standing is not None and old.get(address) != new.get(address):
                    self._aim(standing, new.get(address, standing.item.default), duration_s)

    def has(self, address: str) -> bool:
        """Return whether `address` is one of these, or looks like one."""
        return address.startswith(PREFIX)

    def post(self, address: str, arguments: Sequence[object]) -> None:
        """Move one input to what a message says, brought into its bounds. Raises ParameterError in one line."""
        with self._lock:
            standing = self._found(address)
            item = standing.item
            if item.kind == "event":
                said: object = bool(arguments[0]) if arguments else True
            else:
                said = arguments[0] if len(arguments) == 1 else list(arguments)
            value = item.nearest(said)
            if value is None:
                raise ParameterError(f"{address} takes {item.range_text}, got {quoted(said)}")
            self._aim(standing, value, _HAND_S)

    def get(self, address: str) -> tuple[float | int | bool, ...]:
        """Return where one input is going, as the arguments of a message. Raises ParameterError."""
        with self._lock:
            end = self._found(address).end
        return end if isinstance(end, tuple) else (end,)

    def settings(self, names: Sequence[str]) -> dict[str, dict[str, IsfValue]]:
        """Return where the inputs of the passes `names` are going, those at their defaults left out."""
        with self._lock:
            found: dict[str, dict[str, IsfValue]] = {}
            for name in names:
                begins = address_of(name, "")
                for address, standing in self._standing.items():
                    moved = standing.item.kind != "event" and standing.end != standing.item.default
                    if address.startswith(begins) and moved:
                        found.setdefault(name, {})[standing.item.name] = standing.end
            return found

    def uniforms(self, now: float) -> dict[str, IsfValue]:
        """Return all inputs as they stand at `now`, by their addresses; an event is true once."""
        with self._lock:
            self._now = now
            values = {address: standing.at(now) for address, standing in self._standing.items()}
            for standing in self._standing.values():
                if standing.item.kind == "event":
                    standing.end = False
        return values

    def _found(self, address: str) -> _Standing:
        standing = self._standing.get(address)
        if standing is None:
            # No search for the nearest: a flood of these must cost no more than others do.
            beside = [other for other in self._standing if other.startswith(address.rpartition("/")[0] + "/")]
            there = f"; there are {one_line(', '.join(beside), 120)}" if beside and address != PREFIX else ""
            raise ParameterError(f"there is no ISF input {quoted(address)}{there}")
        return standing

    def _aim(self, standing: _Standing, value: IsfValue, duration_s: float) -> None:
        taken = standing.item.nearest(value)
        if taken is None or taken == standing.end:
            return
        standing.begin, standing.end = standing.at(self._now), taken
        standing.since, standing.lasts_s = self._now, duration_s


def address_of(name: str, item: str) -> str:
    """Return the address of an input; no address has spaces."""
    return f"{PREFIX}{name.replace(' ', '_')}/{item}"


def _flat(settings: IsfSettings) -> dict[str, IsfValue]:
    return {address_of(name, key): value for name, values in settings.items() for key, value in values.items()}
