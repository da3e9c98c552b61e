"""What counts as an answer, and what is refused with which reason."""

import pytest

from llm.errors import UnusableReply
from llm.messages import MAX_REPLY_CHARS, ModelReply
from llm.replies import read_code, read_object

CODE = "x = '```'\n"


@pytest.mark.parametrize(
    "reply",
    [
        ModelReply(text="Here you are.", tool_input={"code": CODE}),
        ModelReply(text="", tool_input={"code": f"```py\n{CODE}```\n"}),
        ModelReply(text='  {"code": "x = \'```\'\\n", "why": "because"}'),
        ModelReply(text=f"Sure:\n\n```python\n{CODE}```\nDone."),
        ModelReply(text=f"```ruby\n{CODE}```"),
        ModelReply(text=f"~~~~\n{CODE}~~~~\n"),
        ModelReply(text=f"```js\nlet a;\n```\ntext\n````py title=x\n{CODE}````\n"),
        ModelReply(text='```json\n{"code": "x = \'```\'\\n"}\n```'),
    ],
)
def test_it_reads_code(reply: ModelReply) -> None:
    assert read_code(reply, language="python") == CODE


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (ModelReply(text=" \n"), "empty"),
        (ModelReply(text="", tool_input={"code": "\n  \n"}), "empty"),
        (ModelReply(text="", tool_input={"kode": "x"}), "malformed"),
        (ModelReply(text="", tool_input={"code": ["x"]}), "malformed"),
        (ModelReply(text="I would rather return a + b."), "prose"),
        (ModelReply(text="x" * (MAX_REPLY_CHARS + 1)), "oversize"),
        (ModelReply(text="", tool_input={"code": "x" * (MAX_REPLY_CHARS + 1)}), "oversize"),
        (ModelReply(text="```python\na\n```\n```python\nb\n```"), "ambiguous"),
        (ModelReply(text="```rb\na\n```\n```js\nb\n```"), "ambiguous"),
        (ModelReply(text="```python\na = 1\n"), "cut_off"),
        (ModelReply(text="```python\na\n```", stop_reason="max_tokens"), "cut_off"),
        (ModelReply(text="no", stop_reason="refusal"), "declined"),
    ],
)
def test_it_refuses_clearly(reply: ModelReply, reason: str) -> None:
    with pytest.raises(UnusableReply, match=rf"unusable reply \({reason}\)") as caught:
        read_code(reply, language="python")

    assert caught.value.reason == reason


def test_it_reads_objects() -> None:
    assert read_object(ModelReply(text="", tool_input={"a": 1})) == {"a": 1}
    assert read_object(ModelReply(text='Thus:\n```\n{"a": 1}\n```')) == {"a": 1}
    with pytest.raises(UnusableReply, match="malformed"):
        read_object(ModelReply(text="[1]"))
    with pytest.raises(UnusableReply, match="ambiguous"):
        read_object(ModelReply(text='```\n{"a": 1}\n```\n```\n{"b": 1}\n```'))


@pytest.mark.parametrize("code", ["```", "```\n", "```\nx", "x\n```", "```py\na\n```\nb\n```py\nc\n```"])
def test_code_that_only_looks_fenced_stays_as_it_is(code: str) -> None:
    assert read_code(ModelReply(text="", tool_input={"code": code}), language="python") == code
