import io

import numpy as np
from PIL import Image

from installation.output.thumbnail import Thumbnailer, thumbnail_jpeg
from installation.values import Pixels

WIDE: Pixels = np.full((720, 1280, 3), 120, np.uint8)


def test_the_wall_is_read_when_somebody_asks_and_once() -> None:
    wall, reads = Thumbnailer(), list[int]()

    def read() -> Pixels:
        reads.append(1)
        return WIDE

    wall.offer(0.0, read)
    assert wall.take() is None and reads == []
    wall.ask()
    for now in (1.0, 2.0):
        wall.offer(now, read)
    assert wall.take() is WIDE and wall.take() is None and len(reads) == 1


def test_a_thumbnail_is_a_small_jpeg_of_the_same_shape() -> None:
    jpeg = thumbnail_jpeg(WIDE)
    picture = Image.open(io.BytesIO(jpeg))
    assert picture.format == "JPEG" and picture.size == (480, 270) and len(jpeg) < 50_000
