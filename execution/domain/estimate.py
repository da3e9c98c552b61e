"""What a run may cost, before it starts: calls, tokens and money as a range, with every assumption in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from llm.profiles import ModelProfile

#: Low: the 105 prompts of the bundled example's first attempts hold 4,955 to 8,987 characters with tool and shared
#: prefix, which at four characters a token are 1,200 to 2,300. High: an assumption, a context pack filled to its limit.
TOKENS_IN = (1_200, 9_000)
#: Assumed: ten lines of code with a note; a long answer with its thinking.
TOKENS_OUT = (150, 1_600)
#: Assumed as well: a task's words alone; those with everything that it builds on.
SKELETON_IN = (1_200, 14_000)
SKELETON_OUT = (600, 6_000)
#: Assumed too: a small file; one of the longest that are shown whole, with what it imports.
TESTS_IN = (1_500, 18_000)
TESTS_OUT = (500, 5_000)
HOLES_A_TASK = (4, 12)  # bodies that the skeleton of a task without code leaves to be written
UNKNOWN_SHARE = (0.0, 0.3)  # of the drafts, where no run of the plan tells how many fail


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What the plan holds, and what its last run tells.

    ``failing_share``: of the drafts, in that run; None where there was none. ``tokens``: input and output of its mean
    call. ``subtasks``: the MVP's parts of a task.
    """

    drafted: int
    undrafted_tasks: int
    untested_tasks: int = 0  # with a draft, for which the model writes tests
    failing_share: float | None = None
    tokens: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """From the cheapest likely course to the dearest."""

    low: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """``usd_low`` and ``usd_high`` are None where a price is unknown; ``unpriced_reason`` then says which."""

    calls: Range
    tokens_in: Range
    tokens_out: Range
    usd_low: float | None
    usd_high: float | None
    unpriced_reason: str | None
    assumptions: tuple[str, ...]


NOTHING = Range(low=0, high=0)


def without_model() -> Estimate:
    """Nothing is sent, so nothing is paid."""
    words = "No model is configured: drafts are judged as they are, and what needs the model goes to review."
    return Estimate(
        calls=NOTHING,
        tokens_in=NOTHING,
        tokens_out=NOTHING,
        usd_low=0.0,
        usd_high=0.0,
        unpriced_reason=None,
        assumptions=(words,),
    )


def estimate(
    work: Work, *, profile: ModelProfile, regenerate: bool, atoms: bool, attempts: int, last_run: str | None
) -> Estimate:
    """The range for one run. ``atoms``: the V2 way, with skeletons and holes; else subtasks with one blind retry."""
    said: list[str] = []
    share = _share(work, regenerate=regenerate, last_run=last_run, said=said)
    tries = attempts if atoms else 2
    holes = [n * work.undrafted_tasks for n in HOLES_A_TASK]
    skeletons = work.undrafted_tasks if atoms else 0
    if work.undrafted_tasks:
        said.append(f"{work.undrafted_tasks} tasks without code: {HOLES_A_TASK[0]} to {HOLES_A_TASK[1]} pieces each.")
    low, high = round(work.drafted * share[0]) + holes[0], round(work.drafted * share[1] + 0.5 - 1e-9) + holes[1]
    said.append(f"Low: one attempt each. High: {tries} attempts each.")
    each_in, each_out = _tokens(work, last_run, said)
    tested = work.untested_tasks if atoms else 0
    if tested:
        said.append(f"{tested} files came without tests: one call each for theirs, at most {tries}.")
    parts = ((low, high, each_in, each_out), (skeletons, skeletons, SKELETON_IN, SKELETON_OUT),
             (tested, tested, TESTS_IN, TESTS_OUT))  # fmt: skip
    calls = Range(low=sum(part[0] for part in parts), high=tries * sum(part[1] for part in parts))
    into = Range(low=sum(n * each[0] for n, _, each, _ in parts), high=tries * sum(n * e[1] for _, n, e, _ in parts))
    out = Range(low=sum(n * each[0] for n, _, _, each in parts), high=tries * sum(n * e[1] for _, n, _, e in parts))
    low_usd, high_usd = _price(into.low, out.low, profile), _price(into.high, out.high, profile)
    unknown = None
    if calls.high and (low_usd is None or high_usd is None):
        unknown = f"The price of the model {profile.name} is unknown; give it in MGE_MODEL_PROFILES."
    free = calls.high == 0
    return Estimate(
        calls=calls,
        tokens_in=into,
        tokens_out=out,
        usd_low=0.0 if free else low_usd,
        usd_high=0.0 if free else high_usd,
        unpriced_reason=unknown,
        assumptions=tuple(said),
    )


def both(mvp: Estimate, shadow: Estimate) -> Estimate:
    """The MVP's run and the V2 run in its shadow: each is paid for, each under a cap of its own."""
    named = (("MVP", mvp), ("V2, in its shadow", shadow))
    return Estimate(
        calls=_sum(mvp.calls, shadow.calls),
        tokens_in=_sum(mvp.tokens_in, shadow.tokens_in),
        tokens_out=_sum(mvp.tokens_out, shadow.tokens_out),
        usd_low=_money(mvp.usd_low, shadow.usd_low),
        usd_high=_money(mvp.usd_high, shadow.usd_high),
        unpriced_reason=mvp.unpriced_reason or shadow.unpriced_reason,
        assumptions=tuple(f"{name}: {words}" for name, found in named for words in found.assumptions),
    )


def _money(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other


def _sum(one: Range, other: Range) -> Range:
    return Range(low=one.low + other.low, high=one.high + other.high)


def _share(work: Work, *, regenerate: bool, last_run: str | None, said: list[str]) -> Sequence[float]:
    if regenerate:
        said.append("Every atom is written anew.")
        return (1.0, 1.0)
    if work.failing_share is None:
        said.append(
            f"Of the drafts {UNKNOWN_SHARE[0]:.0%} to {UNKNOWN_SHARE[1]:.0%} fail: no run of this plan tells better."
        )
        return UNKNOWN_SHARE
    said.append(f"Of the drafts {work.failing_share:.1%} fail, as in run {last_run}.")
    return (work.failing_share, work.failing_share)


def _tokens(work: Work, last_run: str | None, said: list[str]) -> tuple[tuple[int, int], tuple[int, int]]:
    if work.tokens is None:
        said.append(
            f"A call takes {TOKENS_IN[0]} to {TOKENS_IN[1]} tokens in and {TOKENS_OUT[0]} to {TOKENS_OUT[1]} out."
        )
        return TOKENS_IN, TOKENS_OUT
    into, out = work.tokens
    said.append(f"A call takes about {into} tokens in and {out} out, the mean of run {last_run}; high: twice that.")
    return (into, 2 * into), (out, 2 * out)


def _price(tokens_in: int, tokens_out: int, profile: ModelProfile) -> float | None:
    """All input at its full rate: what the cache saves is not promised."""
    if profile.input_usd_per_mtok is None or profile.output_usd_per_mtok is None:
        return None
    total = tokens_in * profile.input_usd_per_mtok + tokens_out * profile.output_usd_per_mtok
    return float(round(Decimal(total) / 1_000_000, 6))
