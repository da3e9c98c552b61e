"""When a delivery that failed is tried again."""

WAITS = (10, 60, 300, 1_800, 7_200, 21_600)  # seconds after the first, second ... failure
MAX_TRIES = len(WAITS) + 1


def wait_after(tries: int, *, jitter: float) -> float | None:
    """Seconds until the next try, a fifth of it spread by ``jitter`` (0..1); None: no more."""
    return None if tries >= MAX_TRIES else WAITS[tries - 1] * (0.9 + 0.2 * jitter)
