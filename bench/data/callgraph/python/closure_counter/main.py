def log(): ...


def make():
    count = 0

    def step():
        nonlocal count
        count += 1
        log()
        return count

    return step


make()()
