import shop
from shop import total

shop.add()
total()
