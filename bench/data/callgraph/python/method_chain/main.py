class Query:
    def __init__(self): ...

    def filter(self):
        return self

    def limit(self):
        return self

    def all(self): ...


Query().filter().limit().all()
