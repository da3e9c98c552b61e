"""Hostile text made storable and showable."""

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def storable(text: str, *, limit: int | None = None) -> str:
    """Return ``text`` without what PostgreSQL text or JSON refuses: NUL and lone surrogates.

    ``limit`` is in characters; a longer text is cut and says how much was left out.
    """
    clean = text.replace("\x00", _REPLACEMENT)
    clean = clean.encode("utf-8", "replace").decode("utf-8")
    if limit is not None and len(clean) > limit:
        clean = f"{clean[:limit]}\n... {len(clean) - limit} more characters"
    return clean


def decode(data: bytes, *, limit: int | None = None) -> str:
    """Decode output of a foreign program; bytes that are not UTF-8 become replacement characters."""
    return storable(data.decode("utf-8", "replace"), limit=limit)
