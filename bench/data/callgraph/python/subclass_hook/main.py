class Base:
    def __init_subclass__(cls): ...

    def run(self):
        self.step()

    def step(self): ...


class Child(Base):
    def step(self): ...


Child().run()
