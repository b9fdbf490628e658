from pathlib import Path

import pytest

from tests.fakes import write_tiny_bundle


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of random weights that loads and paints in no time."""
    folder = tmp_path_factory.mktemp("bundle") / "tiny"
    write_tiny_bundle(folder, resolution=32)
    return folder
