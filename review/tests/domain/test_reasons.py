"""Words of the queue rows."""

from review.domain.confidence import AtomEvidence, CheckOutcome
from review.domain.reasons import Situation, reasons
from validation.domain.model import Status


def words(*checks: tuple[str, Status], attempts: int = 0, suspicion: float = 0.0, **situation: bool) -> list[str]:
    evidence = AtomEvidence(
        accepted=False,
        attempts=attempts,
        complexity=1,
        suspiciousness=suspicion,
        atomic=[CheckOutcome(name=name, status=status) for name, status in checks],
        integration=(),
    )
    return reasons(evidence, Situation(**situation))  # type: ignore[arg-type]


def test_failures_come_first_in_the_order_of_their_weight() -> None:
    checks = [("tests", Status.FAILED), ("types", Status.FAILED), ("syntax", Status.FAILED), ("names", Status.FAILED)]
    got = words(*checks, attempts=3, no_model=True)
    assert got == ["syntax error", "undefined name", "types fail", "failing test", "3 attempts", "no model configured"]


def test_what_did_not_run_is_said() -> None:
    assert words(("types", Status.NOT_RUN), ("tests", Status.NOT_RUN)) == ["types not checked", "no test ran"]


def test_a_suspected_atom_says_so_and_an_unremarkable_one_is_there_for_its_score() -> None:
    assert words(("tests", Status.PASSED), suspicion=0.6) == ["suspected by a failing test"]
    assert words(("tests", Status.PASSED)) == ["low confidence"]


def test_an_unknown_check_is_named_as_it_is() -> None:
    assert words(("line_length", Status.FAILED)) == ["line length fails"]


def test_a_hole_says_that_it_is_one_and_not_what_could_not_be_checked() -> None:
    got = words(("syntax", Status.NOT_RUN), ("tests", Status.NOT_RUN), hole=True, no_model=True)
    assert got == ["no code yet", "no model configured"]


def test_generated_tests_that_did_not_run_are_no_reason() -> None:
    assert words(("generated_tests", Status.NOT_RUN)) == ["low confidence"]
