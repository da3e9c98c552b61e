"""``python -m bench.scripted_model --script FILE --port N``: serve a script until interrupted."""

import argparse
import json
import sys
from contextlib import suppress
from pathlib import Path

from bench.scripted_model.script import load
from bench.scripted_model.server import ScriptedServer


def main() -> int:
    """Serve; the first line on stdout is the URL. Exit 2 with one line where the script cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m bench.scripted_model", description=__doc__)
    parser.add_argument("--script", type=Path, required=True, help="JSON file of rules")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    options = parser.parse_args()
    try:
        script = load(options.script)
    except (OSError, ValueError, KeyError, TypeError, json.JSONDecodeError) as error:
        print(f"{options.script}: {error}", file=sys.stderr)
        return 2
    with ScriptedServer(options.port, script) as server:
        print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
        with suppress(KeyboardInterrupt):
            server.serve_forever()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
