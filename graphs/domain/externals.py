"""What is not in the tree and known by name alone, in both languages."""

from typing import Self

from graphs.domain.ir import Value

MAX_EXTERNAL_DEPTH = 6  # components of an external name; longer chains stand for their prefix


class ExternalName(Value):
    """Something imported or global that is not in the tree; also whatever it returns."""

    __slots__ = ("members",)
    crowds = True

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.members: dict[str, Self] = {}

    def member(self, attr: str) -> Self:
        """Return the external value named ``self.attr``."""
        found = self.members.get(attr)
        if found is None:
            deep = self.name.count(".") >= MAX_EXTERNAL_DEPTH
            found = self.members[attr] = self if deep else type(self)(f"{self.name}.{attr}")
        return found
