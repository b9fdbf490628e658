"""What of a show follows its files: opened with the first preset, given to the renderer, looked after once a turn."""

from collections.abc import Callable
from pathlib import Path

from installation.control_status import ControlStatus
from installation.desk import Desk
from installation.isf.inputs import IsfInputs
from installation.presets.follower import PresetFollower
from installation.presets.preset import Preset
from installation.reloading.preset_file import PresetFile, PresetReload, Reading
from installation.reloading.shaders import ShaderReload
from installation.reloading.watch import ShaderFolders, Watch
from installation.render.pipeline import Renderer
from installation.render.shader_sources import ShaderSources, read_sources


def open_shaders(folder: Path, preset: Preset, desk: Desk | None = None) -> tuple[ShaderSources, IsfInputs]:
    """Return all shader files, those of the venue's `folder` too, and where the inputs of its ISF passes stand; those
    that are drawn join the table of `desk`, where hands move them.
    """
    texts = read_sources(folder)
    isf = IsfInputs(texts.isf_headers, preset.isf)
    if desk is not None:
        desk.join(isf)
    return texts, isf


class Watched:
    """A control surface with the thread that looks at its files."""

    def __init__(self, surface: ShaderReload | PresetReload, watch: Watch[ShaderSources] | Watch[Reading]) -> None:
        self._surface, self._watch = surface, watch

    def start(self) -> None:
        """Begin to look."""
        self._surface.start()
        self._watch.start()

    def poll(self, now: float) -> None:
        """Take up what was found. Never waits."""
        self._surface.poll(now)

    def status(self) -> ControlStatus:
        """Return what is wrong."""
        return self._surface.status()

    def close(self) -> None:
        """Look no more."""
        self._watch.close()


def reloading(
    desk: Desk, renderer: Renderer, presets: PresetFollower, isf: IsfInputs, model: Callable[[], Path | None]
) -> dict[str, Watched]:
    """Return the surfaces that follow the shaders' files and the file of the shown preset."""
    file = PresetFile(presets.current.path, renderer.texts.own)
    edited, texts = Watch("preset file", file.look), Watch("shader files", ShaderFolders(renderer.texts).look)
    preset = PresetReload(desk, presets, isf, file, edited.take, model)
    shaders = ShaderReload(renderer, texts.take, lambda: presets.busy, preset.try_again)
    return {"shaders": Watched(shaders, texts), "preset file": Watched(preset, edited)}
