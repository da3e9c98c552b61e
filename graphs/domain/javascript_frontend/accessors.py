"""Properties that are computed."""

from graphs.domain.ir import Node, Value


class Accessor(Value):
    """A property with a getter, a setter, or both."""

    __slots__ = ("getter", "setter")

    def __init__(self) -> None:
        super().__init__("accessor")
        self.getter = Node()
        self.setter = Node()
