"""Which keys are down: tells a press from a repeat, and lets go of all when the window loses the keyboard. Pure.

A key is followed by its `code`, whatever number the window system gives it.
"""

from collections.abc import Iterable

from installation.output.surface import KeyEvent


class HeldKeys:
    """Follows one keyboard. `at` is in monotonic seconds, None where it is not known."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}

    def down(self, code: int, name: str, at: float | None) -> KeyEvent | None:
        """A key goes down, or says once more that it is down: held keys repeat under the name they began with.

        None for one without a name, as Shift is, or that went down elsewhere.
        """
        repeat = code in self._names
        name = self._names.setdefault(code, name)
        return KeyEvent(name, repeat=repeat, at=at) if name else None

    def up(self, code: int, at: float | None) -> KeyEvent | None:
        """A key comes up; None for one that went down elsewhere."""
        name = self._names.pop(code, "")
        return KeyEvent(name, down=False, at=at) if name else None

    def lose_focus(self) -> list[KeyEvent]:
        """Another window has the keyboard: what is held is let go of, since nobody will say when it comes up."""
        released = [KeyEvent(name, down=False) for name in self._names.values() if name]
        self._names = {}
        return released

    def gain_focus(self, held: Iterable[int]) -> None:
        """The window has the keyboard again; what is `held` went down elsewhere, and its repeats mean nothing here."""
        for code in held:
            self._names.setdefault(code, "")
