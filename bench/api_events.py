"""``python -m bench.api_events PORT RUN PLAN``: publish events, print how long each took to a socket, in ms."""

import json
import os
import sys
import time
import uuid

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mge_project.settings")
COUNT, PAUSE = 60, 0.07  # an odd pause, so that events fall on all moments of the server's poll


def main(port: int, run_id: str, masterplan_id: str) -> list[float]:
    """Waits of all events that arrived within two seconds."""
    from django.contrib.auth.models import User  # noqa: PLC0415 - after django.setup()
    from django.test import Client  # noqa: PLC0415

    from bench.api_client import Listener  # noqa: PLC0415
    from execution.events import publish  # noqa: PLC0415

    client = Client()
    client.force_login(User.objects.get(username="bench-0"))
    listener = Listener(port, client.cookies["sessionid"].value)
    if not listener.accepted:
        return []
    listener.start()
    time.sleep(1.0)
    sent = {}
    for number in range(COUNT):
        seq = publish(
            topic="review", type="review.counts", data={"n": number}, run_id=uuid.UUID(run_id),
            masterplan_id=uuid.UUID(masterplan_id),
        )  # fmt: skip
        sent[seq] = time.time()
        time.sleep(PAUSE)
    time.sleep(2.0)
    listener.stop()
    return [1000 * max(0.0, listener.arrivals[seq] - at) for seq, at in sent.items() if seq in listener.arrivals]


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(main(int(sys.argv[1]), sys.argv[2], sys.argv[3])) + "\n")
