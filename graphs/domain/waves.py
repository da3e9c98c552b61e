"""Waves: each atom as early as its dependencies allow."""

from graphs.domain.sorter import Sorted


class WaveGenerator:
    """Puts each group into the wave after the last of those it needs; the first wave needs nobody."""

    def generate(self, ordered: Sorted) -> tuple[tuple[str, ...], ...]:
        """Return the waves; ``result[i]`` is wave ``i + 1``. All atoms of a unit share one."""
        wave: dict[int, int] = {}
        members: list[list[str]] = []
        for number in ordered.sequence:
            place = max((wave[n] + 1 for n in ordered.needs.get(number, ())), default=0)
            wave[number] = place
            while len(members) <= place:
                members.append([])
            members[place].extend(ordered.groups[number])
        return tuple(tuple(m) for m in members)
