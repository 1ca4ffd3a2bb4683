"""For a watched program and all Python processes that it starts: each look-up, connection and program is noted in a file.

Python imports this before anything else, from PYTHONPATH. Audit hooks see what the interpreter does on anybody's behalf, and
cannot be removed.
"""

import json
import os
import sys

_NETWORK = {
    "socket.connect": 1,
    "socket.bind": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
    "socket.gethostbyaddr": 0,
    "socket.getnameinfo": 0,
    "urllib.Request": 0,
    "http.client.connect": 1,
    "ftplib.connect": 1,
    "smtplib.connect": 1,
    "webbrowser.open": 0,
}
_PROGRAMS = {"subprocess.Popen": 0, "os.posix_spawn": 0, "os.exec": 0, "os.system": 0, "os.startfile": 0}
_noted = os.environ["NOTED_IN"]


def _note(event: str, args: tuple[object, ...]) -> None:
    place = _NETWORK.get(event, _PROGRAMS.get(event))
    if place is None:
        return
    line = json.dumps({"event": event, "what": args[place], "pid": os.getpid()}, default=repr) + "\n"
    file = os.open(_noted, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(file, line.encode())
    os.close(file)


sys.addaudithook(_note)
