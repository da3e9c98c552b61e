class V:
    def __init__(self, x):
        self.x = x

    def __add__(self, other):
        return V(self.x)

    def __iadd__(self, other):
        return self

    def __eq__(self, other):
        return True

    def __len__(self):
        return 1

    def __getitem__(self, i):
        return self.x

    def __contains__(self, x):
        return True

    def __neg__(self):
        return V(-self.x)


a, b = V(1), V(2)
c = a + b
c == a
len(c)
c[0]
1 in c
c += b
-c
