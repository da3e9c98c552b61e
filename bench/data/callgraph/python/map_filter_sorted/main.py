def double(x):
    return x


def keep(x):
    return x


def rank(x):
    return x


list(map(double, [1]))
list(filter(keep, [1]))
sorted([1], key=rank)
