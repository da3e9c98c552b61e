"""How long a run still takes, from what its atoms took so far."""


def eta_seconds(*, open_atoms: int, longest_chain: int, at_once: int, mean_seconds: float | None) -> float | None:
    """The longer of two bounds, as for any schedule: the critical path, and all open work spread over the places.

    ``longest_chain`` counts the atoms that must follow one another, the first included. None: nothing has finished yet,
    so nothing is known.
    """
    if open_atoms == 0:
        return 0.0
    if mean_seconds is None:
        return None
    steps = max(longest_chain, -(-open_atoms // max(1, at_once)))
    return steps * mean_seconds
