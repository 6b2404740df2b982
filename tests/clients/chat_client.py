"""Two guests of the example `chat`: `chat_client.py URL`."""

import asyncio
import sys

from websockets.asyncio.client import connect


async def main(url):
    async with connect(url) as ada:
        await ada.send("Ada")
        assert await ada.recv() == "came\nAda\n"
        await ada.send("is anybody here?")
        assert await ada.recv() == "said\nAda\nis anybody here?"
        async with connect(url) as ben:
            await ben.send("Ben")
            assert await ben.recv() == "said\nAda\nis anybody here?"
            assert await ben.recv() == "came\nBen\n"
            assert await ada.recv() == "came\nBen\n"
            await ben.send("I am")
            assert await ada.recv() == await ben.recv() == "said\nBen\nI am"
        assert await ada.recv() == "left\nBen\n"


asyncio.run(asyncio.wait_for(main(sys.argv[1]), 30))
