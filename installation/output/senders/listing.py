"""What a venue always sends to: its `senders.yaml`, a list of what `--send` takes. Keys of a stream are safer there
than on a command line, which everybody on the machine can read.
"""

from pathlib import Path
from typing import Final

from installation.output.senders.target import TargetError
from s2s.files.document import Bounds, DocumentError, read_yaml

_BOUNDS: Final = Bounds(bytes=65_536, levels=2, values=100)


def listed_targets(path: Path) -> tuple[str, ...]:
    """Return what the file at `path` names, nothing where there is no such file. Raises TargetError."""
    if not path.exists():
        return ()
    try:
        document = read_yaml(path, _BOUNDS)
    except DocumentError as error:
        raise TargetError(f"{path.name}: {error}") from None
    if not isinstance(document, list) or not all(isinstance(entry, str) for entry in document):
        raise TargetError(f"{path.name}: expected a list of what --send takes, such as '- ndi:Wall'")
    return tuple(document)
