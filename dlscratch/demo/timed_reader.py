"""What a client sends, read within a time for all of it: it cannot keep a thread by dripping."""

import io
import socket
import time


class TimedReader(io.RawIOBase):
    """What a client sends; TimeoutError once its time is over, however it is spread."""

    def __init__(self, connection: socket.socket, seconds: float):
        self.connection = connection
        self.end = time.monotonic() + seconds

    def readable(self):
        return True

    def readinto(self, buffer):
        left = self.end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the request takes too long")
        self.connection.settimeout(left)
        return self.connection.recv_into(buffer)
