from contextlib import contextmanager


def use(): ...


@contextmanager
def opened():
    yield use


with opened() as action:
    action()
