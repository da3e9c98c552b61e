class Visitor:
    def visit(self, node):
        return getattr(self, "visit_" + node)(node)

    def visit_name(self, node):
        return node

    def visit_call(self, node):
        return self.helper(node)

    def helper(self, node):
        return node


Visitor().visit(input())
