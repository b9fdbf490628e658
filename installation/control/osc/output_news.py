"""What has changed of the outputs, as OSC addresses with values: for subscribers and OSCQuery."""

from collections.abc import Callable, Mapping

from installation.control.osc.outputs import ROOT, Values, address_of, fields_of
from installation.outputs.layout import Layout, Output
from installation.outputs.store import LayoutStore

NamespaceChanges = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
"""Paths that are there now, that are gone, and whose contents are others."""


def changes(before: Layout, after: Layout) -> dict[str, Values]:
    """Return the new values of what differs, by address; a mask that is gone has none."""
    known = {output.name: output for output in before.outputs}
    told: dict[str, Values] = {}
    for output in after.outputs:
        if (old := known.get(output.name)) is output:
            continue
        stood = {} if old is None else _values(old)
        stands = _values(output)
        told |= {address: values for address, values in stands.items() if values != stood.get(address, ())}
        told |= {address: () for address, values in stood.items() if values and not stands.get(address, ())}
    return told


def namespace_changes(before: Layout, after: Layout) -> NamespaceChanges:
    """Return what has come, what has gone, and where masks did."""
    old, new = ({output.name: output for output in layout.outputs} for layout in (before, after))
    masks = (name for name in old.keys() & new.keys() if len(old[name].masks) != len(new[name].masks))
    return (
        tuple(ROOT + name for name in new if name not in old),
        tuple(ROOT + name for name in old if name not in new),
        tuple(f"{ROOT}{name}/mask" for name in sorted(masks)),
    )


class OutputNews:
    """Calls `tell` and `tell_paths` with what changes of `store` from now on, in the thread of each change; they must
    not wait.
    """

    def __init__(
        self,
        store: LayoutStore,
        tell: Callable[[Mapping[str, Values]], None],
        tell_paths: Callable[[NamespaceChanges], None] = lambda _changes: None,
    ) -> None:
        self._told, self._tell, self._tell_paths = store.get(), tell, tell_paths
        store.watch(self._on_layout)

    def _on_layout(self, layout: Layout) -> None:
        before, self._told = self._told, layout
        paths, changed = namespace_changes(before, layout), changes(before, layout)
        if any(paths):
            self._tell_paths(paths)
        if changed:
            self._tell(changed)


def _values(output: Output) -> dict[str, Values]:
    return {address_of(output, field): field.read(output) for field in fields_of(output) if field.read is not None}
