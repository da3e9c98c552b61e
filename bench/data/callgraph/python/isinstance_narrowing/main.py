class Text:
    def plain(self): ...


class Image:
    def plain(self): ...


def show(thing):
    if isinstance(thing, Text):
        thing.plain()
