"""Run inside a network of a test's own: takes name queries and never answers, and serves HTTP that redirects to a name.
Prints where."""

import socket
import time

from hostile import Hostile, always, reply

names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
names.bind(("127.0.0.1", 53))
print(Hostile(always(reply(status="302 Found", headers=["Location: http://dead.example/"]))).url, flush=True)
time.sleep(600)
