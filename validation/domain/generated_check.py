"""The verdict of the generated tests on one atom."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from validation.domain.drawn import ENOUGH, Drawn, differing, in_words, new_breaches
from validation.domain.generated import FileGenerated, Function, differences
from validation.domain.model import Check, Evidence, Finding, Status, SuiteResult, TestStatus
from validation.domain.static import StaticReport, family_of

NAME = "generated_tests"
SHOWN = 5
NO_DRAFT = FileGenerated()
NOTHING_DRAWN = Drawn()


@dataclass(frozen=True, slots=True, kw_only=True)
class AtomView:
    """What level 1 needs to know of an atom; lines are those of the judged state of the file."""

    id: str
    path: str
    start_line: int
    end_line: int
    loc: int


def generated_check(
    atom: AtomView, static: StaticReport, drafts: StaticReport, *, draft_suite: SuiteResult | None, original: bool,
    tested: bool = True,
) -> Check:  # fmt: skip
    """Doctests of the atom's function, and its answers beside those of the draft: to inputs made of its types, and to
    calls that the suite made of the draft, with variations; and whether what it answers to inputs drawn from its types
    is what it is annotated with.

    Fails only new code: where a doctest holds for the draft and not for it, where it answers otherwise than a draft
    for which tests vouched, or where it breaks annotations that the draft did not break. A draft is held neither to its
    own doctests nor to its annotations. That answers are as annotated proves something only where no test reaches the
    atom (not ``tested``).
    """
    if atom.loc == 0:
        return Check(name=NAME, status=Status.NOT_APPLICABLE, reason="no code")
    if family_of(atom.path) is None:
        return Check(name=NAME, status=Status.NOT_RUN, reason="tests are generated for Python and scripts only")
    file = static.generated.get(atom.path)
    if file is None:
        return Check(
            name=NAME, status=Status.NOT_APPLICABLE, reason="no doctest and no typed pure function in the file"
        )
    before = drafts.generated.get(atom.path, NO_DRAFT)
    around = file.around(atom.start_line, atom.end_line)
    held, open_ = _doctests(atom, file, before, around, original=original)
    ran = sum(file.doctests[one.name].status == "passed" for one in around if one.name in file.doctests)
    compared, changed = (0, []) if original else _changed(atom, file, before, around)
    fitting, broken, shown = _as_annotated(atom, file, before, around, original=original)
    held += broken
    names = {one.name for one in around}
    if draft_suite is not None and vouched(draft_suite, atom.path, (f for f in before.functions if f.name in names)):
        held += changed
    changed = [replace(one, severity="warning") for one in changed]
    if held:
        return _check(Status.FAILED, held[0].message, held)
    if ran or (compared and not changed):
        return _check(
            Status.PASSED, f"{ran} doctests hold, {compared} inputs answered as the draft did",
            (*open_, *changed, *shown),
        )  # fmt: skip
    if open_:
        return _check(Status.NOT_RUN, open_[0].message.partition("\n")[0], open_)
    if changed:
        why = "for which no test vouches" if draft_suite is not None else "as somebody may have wanted"
        return _check(Status.NOT_RUN, f"its answers differ from the draft's, {why}", (*changed, *shown))
    if not tested and shown:
        return _check(Status.NOT_RUN, f"no test reaches it, and {shown[0].message}", shown)
    if not tested and fitting >= ENOUGH:
        return _check(Status.PASSED, f"{fitting} inputs drawn from its types give what it is annotated with", ())
    silent = [] if original else [one.name for one in around if _answered(before, one) and not _answered(file, one)]
    if silent:
        return _check(Status.NOT_RUN, f"the draft's {silent[0]} answered inputs, this one none", ())
    return _unknown(file, around, original=original, tested=tested)


def _answered(file: FileGenerated, one: Function) -> bool:
    return bool(file.answers.get(one.name)) or bool(file.drawn.get(one.name, NOTHING_DRAWN).answers)


def _unknown(file: FileGenerated, around: tuple[Function, ...], *, original: bool, tested: bool) -> Check:
    """The verdict where no generated test proves or refutes anything, with the reason that comes nearest."""
    if file.reason:
        return _check(Status.NOT_RUN, file.reason, ())
    untold = [f"{one.name}: {file.untold[one.name]}" for one in around if one.name in file.untold]
    if not tested:  # where tests judge, answers as annotated prove nothing more
        late = {one.name: drawn for one in around if (drawn := file.drawn.get(one.name, NOTHING_DRAWN)).late}
        untold += [f"{name}: {drawn.reason}" for name, drawn in late.items()]
    if untold:
        return _check(Status.NOT_RUN, untold[0], ())
    reason = "no doctest, and no typed pure function to give inputs to" if original else "nothing to compare with"
    return Check(name=NAME, status=Status.NOT_APPLICABLE, reason=reason)


def _check(status: Status, reason: str, findings: "list[Finding] | tuple[Finding, ...]") -> Check:
    evidence = Evidence(
        command="generated: doctests, inputs made of types (fixed ones, and drawn by hypothesis), calls recorded in the"
        " suite; in one process with the code"
    )
    return Check(name=NAME, status=status, reason=reason, findings=tuple(findings[:SHOWN]), evidence=evidence,
                 forgeable=True, generated=True)  # fmt: skip


def _doctests(
    atom: AtomView, file: FileGenerated, before: FileGenerated, around: tuple[Function, ...], *, original: bool
) -> tuple[list[Finding], list[Finding]]:
    """Failed examples that count against the atom, and those that do not."""
    held: list[Finding] = []
    open_: list[Finding] = []
    for one in around:
        test = file.doctests.get(one.name)
        if test is None or test.status == "passed":
            continue
        known = before.doctests.get(one.name)
        regressed = not original and test.status == "failed" and known is not None and known.status == "passed"
        if test.status == "missing":
            said = f"the doctest of {one.name} did not run: {test.message}"
        elif regressed:
            said = f"the doctest of {one.name} held for the draft and fails now\n{test.message}"
        else:
            said = f"the draft's own doctest of {one.name} does not hold\n{test.message}"
        finding = _finding(atom, one, "doctest", said, severity="error" if regressed else "warning")
        (held if regressed else open_).append(finding)
    return held, open_


def _changed(
    atom: AtomView, file: FileGenerated, before: FileGenerated, around: tuple[Function, ...]
) -> tuple[int, list[Finding]]:
    compared, found = 0, []
    for one in around:
        count, rows = differences(before.answers.get(one.name, {}), file.answers.get(one.name, {}))
        compared += count
        drawn, new = before.drawn.get(one.name, NOTHING_DRAWN), file.drawn.get(one.name, NOTHING_DRAWN)
        more, simplest = differing(drawn, new)
        compared += more
        said = [
            f"{given} {in_words(new.answers[given])}, the draft {in_words(drawn.answers[given])}"
            for given in simplest[:2]
        ]
        found += [_finding(atom, one, "differs", f"{one.name}{row}", severity="error") for row in (said + rows)[:SHOWN]]
    return compared, found


def _as_annotated(
    atom: AtomView, file: FileGenerated, before: FileGenerated, around: tuple[Function, ...], *, original: bool
) -> tuple[int, list[Finding], list[Finding]]:
    """How many drawn inputs gave what is annotated, breaches that count against the atom, and those that do not."""
    fitting, held, shown = 0, list[Finding](), list[Finding]()
    for one in around:
        drawn = file.drawn.get(one.name, NOTHING_DRAWN)
        fitting += drawn.fitting
        new, known = new_breaches(before.drawn.get(one.name), drawn)
        rows = [(breach, "warning") for breach in known] + [(b, "warning" if original else "error") for b in new]
        for breach, severity in rows:
            said = f"{one.name}{breach.given} {breach.said}"
            finding = _finding(atom, one, "annotation", said, severity=severity)
            (held if severity == "error" else shown).append(finding)
    return fitting, held, shown


def vouched(suite: SuiteResult, path: str, functions: Iterable[Function]) -> bool:
    """Whether tests reached the functions in the draft, and all that did passed: only then its behaviour must stay."""
    spans = [(one.first, one.last) for one in functions]
    status = {case.id: case.status for case in suite.cases}
    reached = {
        status.get(test)
        for test, paths in suite.coverage.items()
        if any(first <= line <= last for line in paths.get(path, ()) for first, last in spans)
    }
    return suite.ran and reached == {TestStatus.PASSED}


def _finding(atom: AtomView, one: Function, code: str, message: str, *, severity: str) -> Finding:
    return Finding(
        tool="generated", code=code, message=message, path=atom.path, line=max(one.first, 1), severity=severity
    )
