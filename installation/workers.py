"""How the workers are made, inside their own processes. Importing this costs nothing: torch waits in the function."""

from dataclasses import dataclass
from pathlib import Path

from installation.hosting import Core
from installation.mailbox import FrameBox, JsonBox
from installation.ring import AudioRing
from installation.status import InferenceStatus


@dataclass(slots=True)
class InferenceStart:
    """Makes the slow path, in the worker's own process: each time with the `model` that is meant to play by then."""

    model: Path
    seed: int
    ring: AudioRing
    params: JsonBox
    frames: FrameBox

    def __call__(self) -> Core[InferenceStatus]:
        """Return the slow path; takes seconds, for torch and the model. Raises ModelError."""
        from installation.inference.core import InferenceConfig, InferenceCore

        return InferenceCore(InferenceConfig(self.model, self.seed), self.ring, self.params, self.frames)

    def cause(self) -> tuple[object, ...]:
        """Return what a start depends on: which model it is, and the state of its files."""
        return str(self.model), bundle_state(self.model)


def bundle_state(model: Path) -> tuple[tuple[str, int, int], ...]:
    """Return what changes when a model's files do: their names, sizes and stamps; empty where there is no folder."""
    try:
        stats = [(path.name, path.stat()) for path in model.iterdir()]
    except OSError:  # the folder, or a file in it while it is being replaced
        return ()
    return tuple(sorted((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats))
