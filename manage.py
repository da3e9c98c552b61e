#!/usr/bin/env python
"""Django's command line."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from kernel.errors import MgeError

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mge_project.settings")
    try:
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, MgeError) as error:
        # A malformed setting, or a refusal that reached a command of somebody else's (waffle's, on a pinned switch):
        # both say what to do in one line, which a traceback would hide.
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
