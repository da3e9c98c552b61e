def handle(): ...


class Registry:
    handlers = {"a": handle}

    @classmethod
    def get(cls, name):
        return cls.handlers[name]


Registry.get("a")()
