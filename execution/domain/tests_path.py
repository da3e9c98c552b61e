"""Where tests that the model wrote for a file lie."""

from pathlib import PurePosixPath


def generated_path(path: str) -> str:
    """The path of the generated tests for the file at ``path``, both relative to the plan's root."""
    file = PurePosixPath(path)
    name = "_".join([*file.parts[:-1], file.stem])
    if file.suffix == ".py":
        return f"tests/generated/test_{name}.py"
    ending = {".tsx": ".ts", ".jsx": ".js"}.get(file.suffix, file.suffix)
    return f"tests/generated/{name}.test{ending}"
