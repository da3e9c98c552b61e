"""Which workers search for help: only those of `generate` hold the key of the model."""

from typing import Any

import pytest

from execution.models import RunAtom
from review import tasks
from review.models import ReviewHelp
from review.services import help as search


@pytest.mark.parametrize(("with_model", "queue"), [(True, "generate"), (False, "validate")])
def test_who_asks_the_model_has_its_key(
    *, with_model: bool, queue: str, atoms: list[RunAtom], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[Any, str]] = []
    settings.DISPATCHER = "celery"
    monkeypatch.setattr(tasks.search_help, "apply_async", lambda args, queue: sent.append((args, queue)))
    row = ReviewHelp.objects.create(
        run_id=atoms[0].run_id, atom_id=atoms[0].atom_id, digest="x", with_model=with_model
    )  # fmt: skip
    search._dispatch(row.pk)
    assert sent == [((row.pk,), queue)]
