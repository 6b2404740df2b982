"""PyPI's `websockets` at an echo server: `websockets_client.py URL [UNIX_SOCKET]`."""

import asyncio
import sys

from websockets.asyncio.client import connect, unix_connect


async def talk(url, unix_socket, compression):
    options = {"uri": url, "compression": compression, "max_size": None}
    connecting = unix_connect(unix_socket, **options) if unix_socket else connect(**options)
    async with connecting as socket:
        for message in ["", "hello", "ä€😀", "x" * 70000, b"", b"\0\xff" * 40000]:
            await socket.send(message)
            assert await socket.recv() == message
        await socket.send(["a", "b", "c"])
        assert await socket.recv() == "abc"
        await asyncio.wait_for(await socket.ping(), 10)
        extensions = socket.protocol.extensions
        assert bool(extensions) == (compression is not None), extensions
        # Much, both ways at once.
        big = bytes(range(256)) * 4096

        async def send():
            for _ in range(20):
                await socket.send(big)

        sending = asyncio.create_task(send())
        for _ in range(20):
            assert await socket.recv() == big
        await sending
        await socket.close(4000, "done")
    assert socket.close_code == 4000, socket.close_code


async def main(url, unix_socket=None):
    for compression in [None, "deflate"]:
        await asyncio.wait_for(talk(url, unix_socket, compression), 60)


asyncio.run(main(*sys.argv[1:]))
