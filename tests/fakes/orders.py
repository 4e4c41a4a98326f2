"""A shop as a process of its own: POST or GET anything is an order, whose reply tells an id that nobody could know before;
its event {"order": ID} goes to a topic, for `early` of each hundred orders before the reply is sent (acknowledged by the
broker by then), for the others behind it. As a program it prints its port, then serves until its standard input ends, and
prints what it did as JSON.

    orders.py BOOTSTRAP TOPIC EARLY"""

import asyncio
import json
import sys
import uuid

from confluent_kafka import Producer

REPLY = b'HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s'
POLL_S = 0.002


class Shop:
    def __init__(self, bootstrap, topic, early):
        self.producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 1, "log_level": 0})
        self.topic, self.early = topic, early
        self.secret = uuid.uuid4().hex[:8]
        self.orders = self.before = self.failed = 0

    def order(self, transport):
        number, self.orders = self.orders, self.orders + 1
        body = b'{"order":"%s-%d"}' % (self.secret.encode(), number)
        if number % 100 < self.early:
            self.send(body, lambda: self.answer_behind(transport, body))
        else:
            self.answer(transport, body)
            self.send(body, lambda: None)

    def answer(self, transport, body):
        if not transport.is_closing():
            transport.write(REPLY % (len(body), body))

    def answer_behind(self, transport, body):
        self.before += 1
        self.answer(transport, body)

    def send(self, body, then):
        def stored(error, _):
            self.failed += error is not None
            then()

        self.producer.produce(self.topic, body, on_delivery=stored)

    async def look_after_the_producer(self):
        while True:
            self.producer.poll(0)
            await asyncio.sleep(POLL_S)


class Connection(asyncio.Protocol):
    def __init__(self, shop):
        self.shop, self.buffer = shop, b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        """Requests have no body here."""
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            self.buffer = self.buffer[end + 4 :]
            self.shop.order(self.transport)


async def serve(shop):
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(shop), "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    polling = loop.create_task(shop.look_after_the_producer())
    await loop.run_in_executor(None, sys.stdin.read)
    polling.cancel()
    server.close()


def main():
    bootstrap, topic, early = sys.argv[1:]
    shop = Shop(bootstrap, topic, int(early))
    asyncio.run(serve(shop))
    left = shop.producer.flush(30)
    print(json.dumps({"orders": shop.orders, "before": shop.before, "failed": shop.failed + left}))


if __name__ == "__main__":
    main()
