class Job:
    def run(self): ...


getattr(Job(), "run")()
