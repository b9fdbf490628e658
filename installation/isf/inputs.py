"""Where the inputs of ISF passes stand: what the preset says, what a hand moves, and how they get there.

Those of the passes that are drawn are rows of the desk's table; the rest is reached by OSC alone. Numbers, colours and
points glide; switches, choices and events are there at once. Headers and texts change while the show runs: what is
asked for then is brought into bounds.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from installation.isf.header import IsfHeader, IsfInput, IsfValue
from installation.isf.rows import HAND_S, PREFIX, IsfRow, address_of, rows_of
from installation.parameter import Kind, Parameter, ParameterError
from installation.values import ParameterValue
from s2s.files.quote import one_line, quoted

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
        self._headers: Mapping[str, IsfHeader] = {}
        self._drawn: tuple[str, ...] = ()
        self._rows: dict[str, IsfRow] = {}
        self._told: dict[str, ParameterValue] = {}
        self._origins: dict[str, str] = {}
        self.rows: Mapping[str, Parameter] = MappingProxyType({})
        """Of the passes that are drawn; another mapping whenever they are others."""
        self._now = 0.0
        self.declare(headers or {})
        self.go_to(settings or {}, 0.0)

    def declare(self, headers: Mapping[str, IsfHeader]) -> None:
        """Have the inputs of these passes from now on; those that were there before stay where they are."""
        with self._lock:
            self._headers = headers
            known, self._standing = self._standing, {}
            for name, header in headers.items():
                for item in header.inputs:
                    address = address_of(name, item.name)
                    if address in self._standing:  # of another pass, whose name differs by a space
                        continue
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
                        item, item.default if taken is None else taken, begin, self._now, HAND_S
                    )
            self._have_rows()

    def load(self, names: Sequence[str]) -> None:
        """Have rows for the inputs of these passes from now on: they are what is drawn."""
        with self._lock:
            self._drawn = tuple(names)
            self._have_rows()

    def set(self, address: str, value: ParameterValue, origin: str) -> None:
        """Move a row, to a value that it takes. Raises ParameterError where there is none any more."""
        with self._lock:
            row = self._rows.get(address)
            if row is None:
                raise ParameterError(f"there is no parameter {quoted(address)} any more")
            self._origins[address] = origin
            standing = self._standing[row.input]
            self._aim(standing, row.written(value, standing.end), HAND_S)

    def standing(self, address: str) -> ParameterValue:
        """Return what a row holds. Raises ParameterError."""
        with self._lock:
            row = self._rows.get(address)
            if row is None:
                raise ParameterError(f"there is no parameter {quoted(address)} any more")
            return row.read(self._standing[row.input].end)

    def take(self) -> list[tuple[str, ParameterValue, str]]:
        """Return what has changed since the last time: address, value, who moved it. The show's thread."""
        changed: list[tuple[str, ParameterValue, str]] = []
        with self._lock:
            origins, self._origins = self._origins, {}
            for address, row in self._rows.items():
                origin = origins.get(address, "preset")
                if row.row.kind is Kind.TRIGGER:
                    if address in origins:
                        changed.append((address, True, origin))
                    continue
                value = row.read(self._standing[row.input].end)
                if self._told.get(address) != value:
                    self._told[address] = value
                    changed.append((address, value, origin))
        return changed

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
            self._origins |= {row: "osc" for row, one in self._rows.items() if one.input == address}
            self._aim(standing, value, HAND_S)

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

    def _have_rows(self) -> None:
        rows: dict[str, IsfRow] = {}
        for name in self._drawn:
            if (header := self._headers.get(name)) is None:
                continue
            for address, row in rows_of(name, header).items():
                if self._standing[row.input].item in header.inputs:  # and not of a pass of the same address
                    rows.setdefault(address, row)
        if rows != self._rows:
            self._rows = rows
            self._told = {address: self._told[address] for address in rows.keys() & self._told.keys()}
            self.rows = MappingProxyType({address: row.row for address, row in rows.items()})

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


def _flat(settings: IsfSettings) -> dict[str, IsfValue]:
    return {address_of(name, key): value for name, values in settings.items() for key, value in values.items()}
