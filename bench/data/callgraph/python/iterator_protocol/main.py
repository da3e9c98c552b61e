def item(): ...


class Rows:
    def __iter__(self):
        return self

    def __next__(self):
        return item


for row in Rows():
    row()
