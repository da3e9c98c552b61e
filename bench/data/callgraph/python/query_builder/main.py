class Test:
    def __init__(self, check):
        self.check = check

    def __call__(self, row):
        return self.check(row)


class Where:
    def __eq__(self, other):
        return Test(lambda row: row == other)


def search(condition):
    return condition({})


search(Where() == 1)
