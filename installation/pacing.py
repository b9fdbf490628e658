"""When the next picture is due. Pure."""


class Pacer:
    """Keeps a cadence by absolute deadlines, so that small delays do not add up; a long one starts a new grid."""

    def __init__(self, fps: float) -> None:
        if not fps > 0:
            raise ValueError(f"a cadence needs more than 0 pictures a second, got {fps}")
        self._interval_s = 1.0 / fps
        self._due_at: float | None = None

    def wait_s(self, now: float) -> float:
        """Return how long to wait at `now` until the next picture is due, and count that picture as shown."""
        late = self._due_at is None or now - self._due_at > self._interval_s
        due_at = now if late or self._due_at is None else self._due_at
        self._due_at = due_at + self._interval_s
        return max(due_at - now, 0.0)
