"""The layout that is shown now, for every thread: changed by keyboard, page, OSC or an edit of the file, and kept.

It changes in memory at once. The venue's file is written by whoever calls `save`, a thread that a disk may hold up.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Final

import yaml

from installation.outputs.layout import Layout, LayoutError, Output, layout_document, parse_layout, rounded
from installation.parameters import nearest
from s2s.files.atomic_write import atomic_path
from s2s.files.quote import quoted

log = logging.getLogger(__name__)

_HEAD: Final = "# Where the picture lies. Followed while the show runs; its keys: installation/manual/outputs.md.\n"
_FIELDS: Final = tuple(field.name for field in fields(Output))


class LayoutStore:
    """Any thread. Whoever watches is called in the thread of the change, in the order of the changes, and must not
    wait.
    """

    def __init__(self, path: Path, layout: Layout | None = None) -> None:
        """`layout` is what is shown while `path`, the venue's `outputs.yaml`, is not there."""
        self.path = path
        self.usual = layout or Layout()
        self._layout = self.usual
        self._lock = threading.RLock()
        self._watchers: list[Callable[[Layout], None]] = []
        self._unsaved = False

    def get(self) -> Layout:
        """Return the layout that is shown."""
        return self._layout

    @property
    def is_unsaved(self) -> bool:
        """Whether there is a change that the file does not hold yet."""
        return self._unsaved

    def change(self, name: str, /, **changes: Any) -> Layout:
        """Change fields of the output `name`, as `Output` has them; return the new layout.

        Raises LayoutError, and then has changed nothing.
        """
        for key in changes:
            if key not in _FIELDS:
                raise LayoutError(f"unknown key {quoted(key)}{nearest(key, _FIELDS)}")
        with self._lock:
            output = self._layout.output(name)
            new = replace(output, **changes)
            self.replace(Layout(tuple(new if one is output else one for one in self._layout.outputs)))
            return self._layout

    def replace(self, layout: Layout) -> None:
        """Show `layout` from now on, and keep it. Raises LayoutError, and then has changed nothing."""
        layout = _clean(layout)
        with self._lock:
            self._keep(layout)

    def edit(self, edited: Callable[[Layout], Layout]) -> Layout:
        """Show, and keep, what `edited` makes of the layout that is shown; nobody changes it meanwhile.

        `edited` is one of `outputs.edits`, which check what they change: a hand that drags costs no more than that.
        Raises LayoutError, and then has changed nothing.
        """
        with self._lock:
            self._keep(edited(self._layout))
            return self._layout

    def follow(self, layout: Layout | None) -> None:
        """Show what the file says by now, None where it is gone; what was changed by hand since goes before."""
        with self._lock:
            if not self._unsaved:
                self._take(layout or self.usual)

    def watch(self, callback: Callable[[Layout], None]) -> None:
        """Call `callback` with every new layout from now on."""
        with self._lock:
            self._watchers.append(callback)

    def save(self) -> None:
        """Write the file, whole or not at all, if there is something to keep. Waits for the disk. Raises OSError."""
        with self._lock:
            layout, wanted, self._unsaved = self._layout, self._unsaved, False
        if not wanted:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with atomic_path(self.path, durable=True) as partial:
                partial.write_text(layout_text(layout), encoding="utf-8")
        except OSError:
            self._unsaved = True
            raise

    def _keep(self, layout: Layout) -> None:
        if layout != self._layout:
            self._unsaved = True
            self._take(layout)

    def _take(self, layout: Layout) -> None:
        self._layout = layout
        for callback in self._watchers:
            try:
                callback(layout)
            except Exception:  # one watcher that fails takes nothing from the others, nor the change from the wall
                log.exception("while telling of new outputs")


def layout_text(layout: Layout) -> str:
    """Return the YAML text of `layout`, a key a line, what stands at its default left out."""
    document = layout_document(layout)
    usual = layout_document(Layout((Output("usual"),)))["outputs"][0]
    document["outputs"] = [
        {key: value for key, value in output.items() if key in ("name", "monitor") or value != usual[key]}
        for output in document["outputs"]
    ]
    return _HEAD + yaml.safe_dump(document, sort_keys=False, allow_unicode=True, default_flow_style=None, width=120)


def _clean(layout: Layout) -> Layout:
    """Return `layout` checked as a file's is, its numbers as the file will hold them. Raises LayoutError."""
    try:
        return parse_layout(rounded(layout_document(layout)))
    except (AttributeError, TypeError) as error:  # a value of another kind than its field
        raise LayoutError(f"outputs: {type(error).__name__}: {error}") from None
