from . import price

__all__ = ["add"]


def add():
    price.total()
