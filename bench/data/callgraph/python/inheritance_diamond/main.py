class A:
    def __init__(self): ...

    def name(self): ...


class B(A):
    def __init__(self):
        super().__init__()

    def name(self): ...


class C(A):
    def __init__(self):
        super().__init__()

    def name(self): ...


class D(B, C):
    def __init__(self):
        super().__init__()

    def who(self):
        self.name()


D().who()
