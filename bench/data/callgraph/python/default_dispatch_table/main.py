def start(): ...


def stop(): ...


TABLE = {"start": start, "stop": stop}


def run(name):
    TABLE[name]()


run(input())
