class Adder:
    def __init__(self, n):
        self.n = n

    def __call__(self, x):
        return self.n + x


add = Adder(2)
add(3)
