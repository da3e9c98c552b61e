from operator import attrgetter, methodcaller
from os.path import *


class Point:
    def __init__(self, x):
        self.x = x

    def __hash__(self):
        return self.x

    def __eq__(self, other):
        return self.x == other.x

    def show(self):
        return self.x


class Corner(Point):
    def __init__(self, x):
        super().__init__(x)

    @property
    def weight(self):
        return self.x

    def move(self, step):
        return step.done()


class Step:
    def done(self):
        return 1


def by_loop():
    seen = {Point(1): "one"}
    return [p.show() for p in seen]


def by_items(corner, twin):
    seen = {}
    seen[corner] = Step()
    seen[twin] = Step()
    for key, value in seen.items():
        key.show()
        value.done()


def unique(points):
    return list(dict.fromkeys(points))


def ordered(corners):
    return sorted(corners, key=attrgetter("weight"))


def moved(corners):
    return list(map(methodcaller("move", Step()), corners))


by_items(Corner(2), Corner(2))
unique([Point(3), Point(3)])[0].show()
ordered([Corner(4), Corner(5)])
moved([Corner(6)])
by_loop()
