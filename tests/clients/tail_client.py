"""A page of the example `tail`: `tail_client.py URL FILE`."""

import asyncio
import os
import sys

from websockets.asyncio.client import connect


async def main(url, file):
    async with connect(url) as page:

        async def sees(text):
            seen = b""
            while len(seen) < len(text):
                seen += await page.recv()
            assert seen == text, seen

        await sees(b"first\n")
        with open(file, "ab") as log:
            log.write(b"second\n")
        await sees(b"second\n")
        # A log that is rotated.
        with open(file + ".new", "wb") as log:
            log.write(b"new\n")
        os.replace(file + ".new", file)
        await sees(b"new\n")


asyncio.run(asyncio.wait_for(main(*sys.argv[1:]), 30))
