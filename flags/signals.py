"""News from the flags. Only ``mge_project.pipeline`` connects receivers."""

from django.dispatch import Signal

#: kwargs: change (a FlagChange). Sent inside the transaction of the change: what follows stands or falls with it.
flag_changed = Signal()
