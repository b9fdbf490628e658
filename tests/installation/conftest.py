"""One off-screen OpenGL context for all tests of a file; making one takes longer than most tests."""

from collections.abc import Iterator

import moderngl
import pytest

from installation.output.headless import open_headless


@pytest.fixture(scope="module")
def context() -> Iterator[moderngl.Context]:
    surface = open_headless((16, 16))
    yield surface.context
    surface.close()
