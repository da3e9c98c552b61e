"""What is not in the tree and known by name alone, in both languages."""

from graphs.domain.ir import Value

MAX_EXTERNAL_DEPTH = 6  # components of an external name; longer chains stand for their prefix


class ExternalName(Value):
    """Something imported or global that is not in the tree; also whatever it returns."""

    __slots__ = ("members",)
    crowds = True

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.members: dict[str, ExternalName] = {}

    def named(self, name: str) -> "ExternalName":
        """Return the plain external value of the same language; what is special about ``self`` ends with it."""
        raise NotImplementedError

    def member(self, attr: str) -> "ExternalName":
        """Return the external value named ``self.attr``."""
        found = self.members.get(attr)
        if found is None:
            deep = self.name.count(".") >= MAX_EXTERNAL_DEPTH
            found = self.members[attr] = self if deep else self.named(f"{self.name}.{attr}")
        return found
