"""The measurement of the API, small: it seeds, serves, asks, and stops its server."""

import pytest

from bench import api
from kernel.errors import InvalidInput


@pytest.mark.drill
def test_it_measures_the_real_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    words = ["--items", "200", "--reviewers", "3", "--seconds", "6", "--alone", "4", "--think", "0.5", "1"]
    result = api.main(words)
    assert (result["items"], result["errors"], result["database"]) == (200, 0, "sqlite")
    for name in ("queue_p95_ms", "detail_p95_ms", "event_p95_ms", "queue_p95_ms_crowd"):
        assert 0 < result[name] < 20_000, name
    assert set(result["any_p95_ms_crowd"]) >= {"queue", "claim", "detail", "approve", "stats"}


def test_bad_numbers_are_refused() -> None:
    with pytest.raises(InvalidInput, match="at least 100 items"):
        api.main(["--items", "5"])
