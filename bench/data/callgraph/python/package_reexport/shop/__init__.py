from .cart import *
from .price import total as total
