class Tool:
    @staticmethod
    def make():
        return Tool()

    def use(self):
        self.help()

    @staticmethod
    def help(): ...


bound = Tool.make().use
bound()
