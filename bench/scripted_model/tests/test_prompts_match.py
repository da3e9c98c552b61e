"""The script's matchers read the heads of the product's real prompts, and its replies are read by the product."""

import pytest

from bench.scripted_model.script import INJECTION, Reply, Rule, Script
from bench.scripted_model.server import ScriptedModel
from execution.domain.prompts.generate import AtomBrief, ProjectBrief, build
from llm.client import ModelClient
from llm.errors import UnusableReply
from llm.messages import ModelReply, Sampling
from llm.replies import read_code

CODE = "    return a + b\n"
SCRIPT = [
    Rule(symbol="add", attempt=1, replies=[Reply(text="I would add them.")]),
    Rule(symbol="add", attempt=2, replies=[Reply(fence=CODE.rstrip("\n"), tag="ruby", injected=True)]),
    Rule(symbol="add", attempt=3, replies=[Reply(code=CODE)]),
    Rule(symbol="huge", replies=[Reply(huge=1_000_001)]),
]


def _ask(model: ScriptedModel, *, symbol: str, attempt: int) -> ModelReply:
    atom = AtomBrief(
        path="a.py",
        language="python",
        symbol=symbol,
        kind="function",
        lines=(2, 2),
        attempt=attempt,
        contract="def add(a, b)",
        draft="    pass\n",
    )
    request = build(atom, project=ProjectBrief(name="P")).request(model="m", sampling=Sampling())
    client = ModelClient(api_key=None, base_url=model.url, timeout_seconds=5)
    return client.complete(request, idempotency_key=f"{symbol}{attempt}")


def test_each_attempt_gets_its_own_reply() -> None:
    with ScriptedModel(Script(rules=SCRIPT)) as model:
        with pytest.raises(UnusableReply, match="prose"):
            read_code(_ask(model, symbol="add", attempt=1), language="python")
        hostile = _ask(model, symbol="add", attempt=2)
        assert INJECTION in hostile.text
        assert read_code(hostile, language="python") == CODE
        assert read_code(_ask(model, symbol="add", attempt=3), language="python") == CODE
        with pytest.raises(UnusableReply, match="oversize"):
            read_code(_ask(model, symbol="huge", attempt=1), language="python")
        assert _ask(model, symbol="add", attempt=9).text.startswith("No rule")
