class Meta(type):
    def create(cls):
        return cls()


class Service(metaclass=Meta):
    def __init__(self): ...

    def ping(self): ...


Service.create().ping()
