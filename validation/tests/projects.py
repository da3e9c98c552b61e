"""Small projects as workspaces."""

from masterplans.domain.workspace import FileRole, Workspace, WorkspaceFile


def role_of(path: str) -> FileRole:
    """As the importer decides: tests by name, ``conftest.py`` and data support, the rest source."""
    name = path.rpartition("/")[2]
    if name in ("conftest.py", "package.json") or name.endswith((".txt", ".toml")):
        return FileRole.SUPPORT
    is_test = name.startswith("test_") or ".test." in name or ".spec." in name or path.startswith("tests/")
    return FileRole.TEST if is_test else FileRole.SOURCE


def project(files: dict[str, str], *, root_package: str | None = None, prefix: str = "") -> Workspace:
    """A workspace of these files by path."""
    made = {
        path: WorkspaceFile(path=path, place=prefix + path, role=role_of(path), content=text.encode())
        for path, text in files.items()
    }
    return Workspace(files=made, root_package=root_package)


SHOP = {
    "shop/__init__.py": "",
    "shop/price.py": (
        "def net(price, tax):\n    return price * (1 - tax)\n\n\n"
        "def gross(price, tax):\n    total = price * (1 + tax)\n    return round(total, 2)\n"
    ),
    "shop/cart.py": (
        "from shop.price import gross\n\n\nclass Cart:\n    def __init__(self):\n        self.items = []\n\n"
        "    def add(self, price):\n        self.items.append(price)\n\n"
        "    def total(self):\n        return sum(gross(price, 0.5) for price in self.items)\n"
    ),
    "tests/test_price.py": (
        "import unittest\n\nfrom shop.price import gross, net\n\n\n"
        "class Prices(unittest.TestCase):\n"
        "    def test_gross(self):\n        self.assertEqual(gross(10, 0.5), 15)\n\n"
        "    def test_net(self):\n        self.assertEqual(net(10, 0.5), 5)\n"
    ),
    "tests/test_cart.py": (
        "import pytest\n\nfrom shop.cart import Cart\n\n\nclass TestCart:\n"
        "    @classmethod\n    def setup_class(cls):\n"
        "        cls.cart = Cart()\n        cls.cart.add(10)\n\n    def test_total(self):\n"
        "        assert self.cart.total() == 15\n\n    def test_items(self):\n"
        "        assert self.cart.items == [10]\n\n\n"
        "@pytest.mark.parametrize('price', [1, 2])\ndef test_add(price):\n    cart = Cart()\n    cart.add(price)\n"
        "    assert cart.items == [price]\n"
    ),
}
