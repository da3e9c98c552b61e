class Cmd:
    def __init__(self): ...

    def go(self): ...


def find():
    return Cmd()


def run(command):
    match command:
        case Cmd() as known:
            known.go()


if (found := find()) is not None:
    run(found)
run(Cmd())
