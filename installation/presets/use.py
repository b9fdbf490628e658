"""Whether a show can use a preset: the one check before the start, for `--dry-run` and while the show runs.

What a preset says of sources, passes and controllers is known to their rooms; only whether a shader compiles is not
known without a window.
"""

from collections.abc import Sequence
from pathlib import Path

from installation.audio.source import SourceError, parse_source
from installation.control.midi.map import MidiMap, MidiMapError
from installation.presets.preset import PRESET_FOLDER, Preset, PresetError, find_named, load_preset, read_preset
from installation.render.passes import check_passes
from installation.render.shader import ShaderError
from s2s.files.quote import one_line


def load_usable(name_or_path: str, folders: Sequence[Path] = (PRESET_FOLDER,)) -> Preset:
    """Return the preset of the command line. Raises PresetError, one line, for one that no show can use."""
    return usable(load_preset(name_or_path, folders))


def load_usable_named(name: str, folders: Sequence[Path]) -> Preset:
    """Return the preset called `name` in `folders`. Raises PresetError as `load_usable` does."""
    return usable(read_preset(find_named(name, folders), folders=folders))


def midi_map_of(preset: Preset) -> MidiMap:
    """Return what the preset says of controllers. Raises MidiMapError."""
    return MidiMap.parse(preset.midi_map, preset.midi_takeover, feedback=preset.midi_feedback)


def usable(preset: Preset) -> Preset:
    """Return `preset`. Raises PresetError as `load_usable` does."""
    try:
        parse_source(preset.source)
        check_passes(preset.passes)
        midi_map_of(preset)
    except (SourceError, ShaderError, MidiMapError) as error:
        raise PresetError(f"{one_line(preset.path.name)}: {error}") from None
    return preset
