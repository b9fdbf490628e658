"""The last few finished pictures on the graphics card: what is drawn on while outputs show warped parts of it, and what
an output that is delayed shows. Lives on the show's main thread.
"""

from typing import Final

import moderngl

_MOST_BYTES: Final = 1 << 30
"""Of all pictures together: thirty-one of 3840x2160; larger ones are delayed by fewer."""
_BYTES_A_PIXEL: Final = 4


class PictureRing:
    """Pictures of `context`, eight bits a colour. As many are kept as the longest delay needs, one where there is
    none.
    """

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._pictures: list[tuple[moderngl.Texture, moderngl.Framebuffer]] = []
        self._size = (0, 0)
        self._at = 0
        self._drawn = 0

    def prepare(self, size: tuple[int, int], longest_delay: int) -> None:
        """Have pictures of `size` pixels, enough for a delay of so many frames."""
        count = min(longest_delay + 1, max(_MOST_BYTES // (size[0] * size[1] * _BYTES_A_PIXEL), 1))
        if size != self._size:
            self.release()
            self._size = size
        if count == len(self._pictures):
            return
        # The one at hand is the oldest, to be drawn on next; the one before it is the newest.
        newest_first = [self._pictures[self._at - age] for age in range(1, len(self._pictures) + 1)]
        for gone in newest_first[count:]:
            _release(gone)
        kept = newest_first[:count]
        added = [self._made() for _ in range(count - len(kept))]
        self._pictures, self._at, self._drawn = [*added, *reversed(kept)], 0, min(self._drawn, len(kept))

    @property
    def target(self) -> moderngl.Framebuffer:
        """What the picture of this turn is drawn on."""
        return self._pictures[self._at][1]

    def picture(self, delay: int) -> moderngl.Texture:
        """Return the picture of `delay` turns ago, or the oldest that there is."""
        return self._pictures[(self._at - min(delay, self._drawn, len(self._pictures) - 1)) % len(self._pictures)][0]

    def advance(self) -> None:
        """The picture of this turn is finished: the next one is drawn elsewhere, where anybody still needs this one."""
        self._at = (self._at + 1) % len(self._pictures)
        self._drawn = min(self._drawn + 1, len(self._pictures))

    def release(self) -> None:
        """Give the graphics card its memory back."""
        for picture in self._pictures:
            _release(picture)
        self._pictures, self._at, self._drawn, self._size = [], 0, 0, (0, 0)

    def _made(self) -> tuple[moderngl.Texture, moderngl.Framebuffer]:
        texture = self._context.texture(self._size, 4)
        texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
        texture.repeat_x = texture.repeat_y = False
        framebuffer = self._context.framebuffer([texture])
        framebuffer.use()
        framebuffer.clear(0.0, 0.0, 0.0, 1.0)
        return texture, framebuffer


def _release(picture: tuple[moderngl.Texture, moderngl.Framebuffer]) -> None:
    picture[1].release()
    picture[0].release()
