"""A plugin of pytest: what is tested, and measured for coverage, is the Python of the core, not what mypyc makes of it.

``atoms/tests/test_compiled.py`` compares the two.
"""

import os

os.environ["MGE_CORE"] = "python"
