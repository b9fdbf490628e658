"""The monitors that an output may be shown on. Pure data: who opens windows knows them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Monitor:
    """One monitor, by the system's name (empty where it has none) and its `size`, width and height in pixels.

    Its number is its place in the list.
    """

    name: str
    size: tuple[int, int]
