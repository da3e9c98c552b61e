"""The scripted model as its users see it: HTTP in, HTTP out, and an honest book."""

import json
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

import anthropic
import pytest

from bench.scripted_model.script import Latency, Reply, Rule, Script, load
from bench.scripted_model.server import ScriptedModel


def _ask(url: str, text: str, key: str = "k") -> anthropic.types.Message:
    client = anthropic.Anthropic(api_key="none", base_url=url, max_retries=0)
    return client.messages.create(
        model="m", max_tokens=9, messages=[{"role": "user", "content": text}], extra_headers={"Idempotency-Key": key}
    )


def test_the_first_rule_that_matches_answers_and_its_replies_come_in_order() -> None:
    script = Script(
        rules=[
            Rule(symbol="add", attempt=2, replies=[Reply(text="second")]),
            Rule(symbol="add", replies=[Reply(text="wrong"), Reply(text="right")]),
            Rule(pattern=r"mul\w+", replies=[Reply(fence="x", tag="ruby", injected=True)]),
        ]
    )

    def answer(prompt: str) -> str:
        return str(script.answer(prompt).content()[0]["text"])

    assert [answer("\nSymbol: add\n") for _ in range(3)] == ["wrong", "right", "right"]
    assert answer("\nSymbol: add\nAttempt: 2\n") == "second" or answer("\nSymbol: add\n\nAttempt: 2\n") == "second"
    assert "```ruby\nx\n```" in answer("multiply")
    assert "Ignore all earlier" in answer("multiply")
    assert answer("other").startswith("No rule")


def test_it_streams_what_it_would_send_whole() -> None:
    with ScriptedModel(Script(rules=[Rule(replies=[Reply(code="a = 1")])])) as model:
        client = anthropic.Anthropic(api_key="none", base_url=model.url, max_retries=0)
        with client.messages.stream(model="m", max_tokens=9, messages=[{"role": "user", "content": "x"}]) as stream:
            block = stream.get_final_message().content[0]

    assert block.type == "tool_use"
    assert block.input == {"code": "a = 1"}


def test_it_answers_150_at_once_and_books_each() -> None:
    script = Script(rules=[Rule(replies=[Reply(text="ok")])], latency=Latency(seconds=1.0))
    with ScriptedModel(script) as model:
        client = anthropic.Anthropic(api_key="none", base_url=model.url, max_retries=0)

        def ask(number: int) -> None:
            headers = {"Idempotency-Key": f"k{number}"}
            client.messages.create(
                model="m", max_tokens=9, messages=[{"role": "user", "content": "x"}], extra_headers=headers
            )

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(150)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with urllib.request.urlopen(f"{model.url}/book") as answer:
            book: dict[str, Any] = json.load(answer)

    assert book["paid"] == len(book["by_key"]) == 150
    assert book["in_flight_max"] >= 50  # of 150; a busy machine starts them slowly


def test_errors_are_not_paid_and_cut_replies_are() -> None:
    replies = [Reply(status=429, retry_after=2), Reply(text="a" * 500, cut_after=30)]
    with ScriptedModel(Script(rules=[Rule(replies=replies)])) as model:
        with pytest.raises(anthropic.RateLimitError) as caught:
            _ask(model.url, "x")
        assert caught.value.response.headers["retry-after"] == "2"
        started = time.monotonic()
        with pytest.raises(anthropic.APIConnectionError):
            _ask(model.url, "x")

        assert time.monotonic() - started < 2
        assert (model.book()["calls"], model.book()["paid"]) == (2, 1)


def test_latency_is_drawn_from_the_seed() -> None:
    latency = Latency(median=2.0, sigma=0.6, seed=7)
    draws = sorted(latency.draw(str(number)) for number in range(999))

    assert latency.draw("a") == latency.draw("a") != Latency(median=2.0, seed=8).draw("a")
    assert 1.8 < draws[499] < 2.2


def test_it_loads_json_and_names_unknown_fields(tmp_path: Path) -> None:
    file = tmp_path / "script.json"
    file.write_text('{"rules": [{"contains": "a", "replies": [{"code": "b"}]}], "latency": {"seconds": 0.1}}')
    assert load(file).answer("a").code == "b"
    assert load(file).latency == Latency(seconds=0.1)

    file.write_text('[{"contians": "a", "replies": [{"code": "b"}]}]')
    with pytest.raises(ValueError, match=r"Rule has no field.*contians"):
        load(file)
