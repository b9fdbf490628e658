"""From the published checkpoints to a bundle that the show can play. Memory: one network at a time beside the files.

Nothing of a file is believed before it was checked, and nothing is written before all of them were.
"""

import hashlib
import logging
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from PIL import Image

from s2s import bundle
from s2s.card import CARD, IMAGE_ENCODER, BundleError, ModelCard
from s2s.published.checkpoint import CheckpointError, read_tensors
from s2s.published.files import PublishedFile, published_files
from s2s.published.networks import Part, PublishedNetwork, recognise
from s2s.sampling.embed import embed_sound
from s2s.sampling.generate import paint
from s2s.sampling.noise import draw_noise
from s2s.spectrogram_spec import SpectrogramSpec
from s2s.world.sounds import synthesize
from s2s.world.state import SceneState

log = logging.getLogger(__name__)

THUMBNAIL: Final = "thumbnail.png"
_NEEDED: Final[dict[Part, str]] = {
    "audio_encoder": "the audio encoder (sound2scene.pth)",
    "generator": "a generator (icgan_biggan_imagenet_res128/ or one of its G_ema_*.pth)",
}
_LICENCES: Final[dict[Part, str]] = {
    "audio_encoder": "Sound2Scene's audio encoder carries no licence: for any use, ask its authors.",
    "generator": "IC-GAN's generator is under CC BY-NC 4.0.",
    "image_encoder": "SwAV's image encoder is under CC BY-NC 4.0.",
}
_DATA: Final[dict[Part, str]] = {
    "audio_encoder": "audio encoder: VGGSound",
    "generator": "generator: ImageNet",
    "image_encoder": "image encoder: ImageNet without its labels",
}


@dataclass(frozen=True, slots=True)
class Imported:
    """One published file as it was read; `sha256` is the whole file's."""

    file: PublishedFile
    sha256: str
    network: PublishedNetwork

    def story(self) -> str:
        """Return where this network comes from, for the bundle's card."""
        chosen = f", {self.file.chosen}" if self.file.chosen else ""
        return f"{self.network.title}: {self.file.path.name}{chosen}, sha256 {self.sha256}."


def import_published(paths: Sequence[Path], out: Path, *, name: str | None = None, replace: bool = False) -> ModelCard:
    """Write the published networks in `paths` as a bundle into the folder `out`; return its card.

    `paths` are files and folders in any order, told apart by what they hold: Sound2Scene's audio encoder and IC-GAN's
    generator are needed, SwAV's image encoder is welcome. `out` must be new or empty, or a bundle and `replace` true;
    it stays as it was until everything was checked. Raises CheckpointError, which names file and key, BundleError, or
    ValueError where a part is missing.
    """
    out = out.resolve()
    _check_out(out, replace)
    beside = out.with_name(f".{out.name}.part")
    try:
        card = _save(paths, beside, name)
        _save_thumbnail(beside)
        _move(beside, out)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return card


def _check_out(out: Path, replace: bool) -> None:
    if out.exists() and not out.is_dir():
        raise BundleError(out, "", "is a file; expected a folder for the bundle")
    if not out.exists() or not any(out.iterdir()):
        return
    if not (out / CARD).is_file():
        raise BundleError(out, "", "is a folder of something else; expected a new or empty folder, or a bundle")
    if not replace:
        raise BundleError(out, "", "already holds a bundle; --force replaces it")


def _save(paths: Sequence[Path], folder: Path, name: str | None) -> ModelCard:
    """Read, check and write the networks; what was read is forgotten at the end, before they are loaded again."""
    parts = _read(published_files(paths))
    card = _card(parts, name)
    networks: dict[str, Any] = {part: imported.network.build() for part, imported in parts.items()}
    bundle.save(folder, card, **networks)
    return card


def _read(files: Iterable[PublishedFile]) -> dict[Part, Imported]:
    parts: dict[Part, Imported] = {}
    for file in files:
        network = recognise(file.path, read_tensors(file.path))
        if network.part in parts:
            other = parts[network.part].file.path
            raise CheckpointError(file.path, "", f"holds {network.title}, and so does {other}; name one of them")
        with file.path.open("rb") as opened:
            sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
        parts[network.part] = Imported(file, sha256, network)
        for line in (_summary(parts[network.part]), *network.remarks):
            log.info("%s: %s", file.path.name, line)
    missing = [words for part, words in _NEEDED.items() if part not in parts]
    if missing:
        named = ", ".join(str(imported.file.path) for imported in parts.values()) or "no file"
        raise ValueError(f"a bundle needs {' and '.join(missing)} as well; found only {named}")
    _check_one_space(parts)
    if "image_encoder" not in parts:
        log.info("no image encoder (swav.pth.tar): this bundle will hear and paint, but cannot place or blend images")
    return parts


def _summary(imported: Imported) -> str:
    network = imported.network
    sizes = ", ".join(f"{name} {value}" for name, value in network.sizes.model_dump().items() if name != "architecture")
    return f"{network.title}, {sizes}" + (f"; {imported.file.chosen}" if imported.file.chosen else "")


def _check_one_space(parts: Mapping[Part, Imported]) -> None:
    """Raise unless the encoders answer in the space that the generator paints."""
    generator = parts["generator"]
    takes = generator.network.space_dim
    for imported in parts.values():
        if (answers := imported.network.space_dim) != takes:
            message = f"answers with {answers} numbers, but {generator.file.path} takes {takes}"
            raise CheckpointError(imported.file.path, "", message)


def _card(parts: Mapping[Part, Imported], name: str | None) -> ModelCard:
    sizes: dict[str, Any] = {part: imported.network.sizes for part, imported in parts.items()}
    in_order = [part for part in _LICENCES if part in parts]
    return ModelCard(
        name=name or f"Sound2Scene, as published, {sizes['generator'].resolution} px",
        version="1",
        licence=" ".join(["Non-commercial use only.", *(_LICENCES[part] for part in in_order)]),
        provenance=" ".join(["Imported from published files.", *(parts[part].story() for part in in_order)]),
        data="What its authors name, not checked here: " + "; ".join(_DATA[part] for part in in_order) + ".",
        spectrogram=SpectrogramSpec(),  # its defaults are the published input
        **sizes,
    )


def _save_thumbnail(folder: Path) -> None:
    """Save the picture of a rain shower, the show's first still; so the bundle was loaded and has painted once."""
    model = bundle.load(folder, image_encoder=False)
    h = embed_sound(model, synthesize(SceneState("rain", 0, nearness=0.8, hour=12.0)))
    pixels = paint(model, draw_noise(1, model.generator.z_dim, seed=0), h)[0]
    Image.fromarray(pixels).save(folder / THUMBNAIL, optimize=True)


def _move(beside: Path, out: Path) -> None:
    """Put the new files in the place of the old, the card last; take away what an older bundle had besides."""
    out.mkdir(exist_ok=True)
    for name in {IMAGE_ENCODER, THUMBNAIL} - {file.name for file in beside.iterdir()}:
        (out / name).unlink(missing_ok=True)
    for file in sorted(beside.iterdir(), key=lambda file: file.name == CARD):
        file.replace(out / file.name)
