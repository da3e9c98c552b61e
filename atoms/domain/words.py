"""Word lists written as text."""


def words(text: str) -> frozenset[str]:
    """The words of ``text``, set apart by white space."""
    return frozenset(text.split())
