class Store:
    def read(self):
        return 1


def serve(store: "Store"):
    return store.read()
