import functools


def retry(times):
    def outer(function):
        @functools.wraps(function)
        def inner(*args):
            return function(*args)

        return inner

    return outer


@retry(3)
def work(): ...


work()
