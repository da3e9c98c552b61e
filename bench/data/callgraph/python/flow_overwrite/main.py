def first(): ...


def second(): ...


action = first
action = second
action()
