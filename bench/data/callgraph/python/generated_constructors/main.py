from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


def one(x):
    return x


def two(x, y):
    return y


def log():
    pass


class Box:
    def go(self):
        return self


@dataclass
class Rule:
    name: str
    fn: Callable
    box: Box = field(default_factory=Box)

    def __post_init__(self):
        log()


class Pair(NamedTuple):
    first: object
    second: object


Point = namedtuple("Point", "x y")


class Table(Mapping):
    def __init__(self, rows):
        self.rows = rows

    def __getitem__(self, key):
        return self.rows[key]

    def __iter__(self):
        return iter(self.rows)

    def __len__(self):
        return len(self.rows)


class Boxes(Sequence):
    def __getitem__(self, i):
        if i:
            raise IndexError
        return Box()

    def __len__(self):
        return 1


def run(rules):
    for rule in rules:
        if rule.name == "two":
            rule.fn(1, 2)


def narrow(rules):
    for rule in rules:
        rule.fn(1)


def boxes():
    return Rule("box", one).box.go()


def unpack():
    first, second = Pair(one, log)
    second()


def read():
    Point(log, y=one).x()


def look_up():
    table = Table({"a": Box()})
    table.get("a").go()
    for _, value in table.items():
        value.go()


def each():
    for box in Boxes():
        box.go()


run([Rule("one", one), Rule("two", two)])
narrow([Rule("one", one)])
boxes()
unpack()
read()
look_up()
each()
