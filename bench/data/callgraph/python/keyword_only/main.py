def on_start(): ...


def on_done(): ...


def apply(*, before, after=on_done):
    before()
    after()


apply(before=on_start)
