"""A wire that can be cut: passes what comes on a free port of 127.0.0.1 on to another port, until it is cut."""

import contextlib
import socket
import threading


class Relay:
    def __init__(self, port):
        self.to = port
        self.whole = True
        self.sockets = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                here, _ = self.listener.accept()
                if not self.whole:
                    here.close()
                    continue
                there = socket.create_connection(("127.0.0.1", self.to))
                self.sockets += [here, there]
                for one, other in ((here, there), (there, here)):
                    threading.Thread(target=self.pass_on, args=(one, other), daemon=True).start()

    def pass_on(self, one, other):
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
        self.end(one, other)

    def end(self, *sockets):
        for s in sockets:
            with contextlib.suppress(OSError):
                s.shutdown(socket.SHUT_RDWR)
            s.close()

    def cut(self):
        """All that goes on breaks off, and nobody gets through."""
        self.whole = False
        self.end(*self.sockets)

    def mend(self):
        self.whole = True

    def stop(self):
        self.listener.close()
        self.cut()
