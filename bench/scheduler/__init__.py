"""How the scheduler does against what is possible, and against others on the same graph with the same waits."""

from bench.scheduler.measure import main

__all__ = ["main"]
