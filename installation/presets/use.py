"""Whether a show can use a preset: the one check before the start, for `--dry-run` and while the show runs.

What a preset says of sources, passes and controllers is known to their rooms; only whether a shader compiles is not
known without a window.
"""

from collections.abc import Sequence
from pathlib import Path

from installation.audio.source import SourceError, parse_source
from installation.control.midi.map import MidiMap, MidiMapError
from installation.isf.header import IsfError
from installation.parameters import nearest
from installation.presets.naming import PRESET_FOLDER, find_named
from installation.presets.preset import Preset, PresetError
from installation.presets.reading import load_preset, read_preset
from installation.render.passes import check_passes
from installation.render.shader import ShaderError
from installation.render.shader_sources import ShaderSources, read_sources
from s2s.files.quote import one_line, quoted


def load_usable(name_or_path: str, folders: Sequence[Path] = (PRESET_FOLDER,), shaders: Path | None = None) -> Preset:
    """Return the preset of the command line; `shaders` is the venue's folder of them. Raises PresetError, one line, for
    one that no show can use.
    """
    return usable(load_preset(name_or_path, folders), shaders)


def load_usable_named(name: str, folders: Sequence[Path], shaders: Path | None = None) -> Preset:
    """Return the preset called `name` in `folders`. Raises PresetError as `load_usable` does."""
    return usable(read_preset(find_named(name, folders), folders=folders), shaders)


def midi_map_of(preset: Preset) -> MidiMap:
    """Return what the preset says of controllers. Raises MidiMapError."""
    return MidiMap.parse(preset.midi_map, preset.midi_takeover, feedback=preset.midi_feedback)


def usable(preset: Preset, shaders: Path | None = None) -> Preset:
    """Return `preset`. Raises PresetError as `load_usable` does. Reads the folders of shaders."""
    try:
        parse_source(preset.source)
        sources = read_sources(shaders)
        check_passes(preset.passes, sources)
        _check_isf(preset, sources)
        midi_map_of(preset)
    except (SourceError, ShaderError, IsfError, MidiMapError) as error:
        raise PresetError(f"{one_line(preset.path.name)}: {error}") from None
    return preset


def _check_isf(preset: Preset, sources: ShaderSources) -> None:
    """Raise IsfError unless the inputs that the preset sets are inputs of ISF passes, and in their bounds."""
    for name, values in preset.isf.items():
        header = sources.isf_header(name)
        if header is None:
            raise IsfError(f"isf: there is no ISF pass {quoted(name)}{nearest(name, sources.isf_headers)}")
        for key, value in values.items():
            item = header.input(key)
            if item is None:
                names = [one.name for one in header.inputs]
                raise IsfError(f"isf: {name} has no input {quoted(key)}{nearest(key, names)}")
            try:
                item.check(value)
            except IsfError as error:
                raise IsfError(f"isf: {name}: {error}") from None
