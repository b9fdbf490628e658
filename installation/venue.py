"""One folder a venue: everything that a place makes its own, so that an update of the program touches nothing of it.

Nothing is written before somebody saves something, but for the log and what went wrong, unless `--no-logs` is given.
"""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

_PRODUCT: Final = "sound-to-scene"


@dataclass(frozen=True, slots=True)
class Venue:
    """The folder of a venue, and where in it things are; none of them need exist."""

    folder: Path

    @classmethod
    def of_user(cls) -> Self:
        """Return the folder where none was named: `sound-to-scene` in XDG_DATA_HOME, or in ~/.local/share.

        A user without a home has one among the temporary files.
        """
        named = Path(os.environ.get("XDG_DATA_HOME", ""))
        # The XDG specification: a relative path there is invalid and to be ignored.
        return cls((named if named.is_absolute() else _own_data()) / _PRODUCT)

    @classmethod
    def of(cls, named: Path | None) -> Self:
        """Return the folder that was named on the command line, or the user's own."""
        return cls.of_user() if named is None else cls(named.absolute())

    @property
    def presets(self) -> Path:
        """Saved presets, a YAML file each; `versions` below it holds their earlier versions."""
        return self.folder / "presets"

    @property
    def midi_maps(self) -> Path:
        """What controllers were taught, a YAML file per device."""
        return self.folder / "midi"

    @property
    def pictures(self) -> Path:
        """Snapshots, PNG files."""
        return self.folder / "pictures"

    @property
    def films(self) -> Path:
        """Recordings."""
        return self.folder / "films"

    @property
    def sessions(self) -> Path:
        """Logs of sessions, a folder each."""
        return self.folder / "sessions"

    @property
    def shaders(self) -> Path:
        """Passes of the venue's own, GLSL and ISF, which join those that ship."""
        return self.folder / "shaders"

    @property
    def cues(self) -> Path:
        """The cue list and the playlist."""
        return self.folder / "cues.yaml"

    @property
    def outputs(self) -> Path:
        """On which monitors the picture lies, and how it is fitted to the wall."""
        return self.folder / "outputs.yaml"

    @property
    def schedule(self) -> Path:
        """The opening hours."""
        return self.folder / "schedule.yaml"

    @property
    def handover(self) -> Path:
        """What a show that starts itself again leaves to the next, for a moment."""
        return self.folder / "handover.json"

    @property
    def last_shown(self) -> Path:
        """What was shown last, for a show that is watched over (`service.last_shown`)."""
        return self.folder / "last.json"

    @property
    def senders(self) -> Path:
        """Which programs the picture is always sent to."""
        return self.folder / "senders.yaml"

    @property
    def logs(self) -> Path:
        """The log of the show and of its workers, JSON lines, a bounded number of bounded files."""
        return self.folder / "logs"

    @property
    def events(self) -> Path:
        """What went wrong in this run and those before, a line each."""
        return self.folder / "events.jsonl"

    @property
    def token(self) -> Path:
        """The operator page's token, where it is to outlive a run."""
        return self.folder / "token"


def _own_data() -> Path:
    try:
        return Path.home() / ".local" / "share"
    except RuntimeError:
        return Path(tempfile.gettempdir()) / f"data-of-user-{os.getuid()}"
