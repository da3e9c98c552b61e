def one(): ...


def two(): ...


def pair():
    return one, two


a, b = pair()
a()
b()
