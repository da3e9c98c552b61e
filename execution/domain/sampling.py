"""How freely, or how thoroughly, each attempt is made."""

from llm.messages import Effort, Sampling

TEMPERATURES = (0.7, 0.5, 0.3)
EFFORTS: tuple[Effort, ...] = ("low", "medium", "high")


def sampling_for(attempt: int, *, takes_temperature: bool, takes_effort: bool) -> Sampling:
    """The schedule by attempt, 1-based: temperature falls 0.7, 0.5, 0.3; for models without one, effort rises.

    Later attempts stay at the last step. A model that takes neither is asked as it is.
    """
    step = min(max(attempt, 1), len(TEMPERATURES)) - 1
    if takes_temperature:
        return Sampling(temperature=TEMPERATURES[step])
    if takes_effort:
        return Sampling(effort=EFFORTS[step])
    return Sampling()
