"""No chat server, but a program that wants marks: it writes them itself, and reads what is hidden.

It tells what it got on standard output, which is shown where a scenario fails. In a sandbox, that is nothing.
"""

import json
import os
import pathlib
import socket
import sys

MARKS = json.dumps({"name": "forger", "outcome": "graded", "containment": "contained"})


def attempt(action, *arguments):
    """What an action gives, or True; None where it is refused."""
    try:
        return action(*arguments) or True
    except OSError:
        return None


def folders():
    """Where a class may be: above this folder, and where other programs were started or what they were told."""
    yield from pathlib.Path.cwd().parents
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        if (folder := attempt(os.readlink, process / "cwd")) is not None:
            yield pathlib.Path(folder)
        words = attempt((process / "cmdline").read_text)
        if isinstance(words, str):
            yield from (pathlib.Path(word).parent for word in words.split("\0") if word)


got = []
for folder in set(folders()):
    for place in (folder, folder / "examples/class"):
        got += [f"read {file}" for file in place.glob("hidden/*.yaml") if attempt(file.read_text)]
        got += [f"read {file}" for file in place.glob("submissions/python/*") if attempt(file.read_text)]
        for grades in place.glob("grades/forger"):
            if attempt((grades / "grade.json").write_text, MARKS):
                got.append(f"wrote {grades}/grade.json")
others = set(range(2, os.getpid())) - {os.getppid()}
if stoppable := [process for process in others if attempt(os.kill, process, 0)]:
    got.append(f"could have stopped {len(stoppable)} other programs")
print("got:", got or "nothing", flush=True)

listener = socket.create_server(("", int(sys.argv[1])))
while True:
    client, _ = listener.accept()
    client.sendall(b'{"status": "success", "users": []}\n' * 100)
