class Failed(Exception):
    def __init__(self, why):
        self.why = why

    def describe(self):
        return self.why


def work():
    return 1


def guard():
    try:
        work()
        raise Failed("x")
    except Failed as error:
        return error.describe()


guard()
