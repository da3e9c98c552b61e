def left(): ...


def right(): ...


def choose(flag):
    if flag:
        picked = left
    else:
        picked = right
    return picked


choose(True)()
