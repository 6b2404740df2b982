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
        # By another one that is as long.
        with open(file + ".new", "wb") as log:
            log.write(b"wen\n")
        os.replace(file + ".new", file)
        await sees(b"wen\n")
        # Written anew, and as long as before; then longer.
        with open(file, "r+b") as log:
            log.write(b"own\n")
        await sees(b"own\n")
        with open(file, "wb") as log:
            log.write(b"once more\n")
        await sees(b"once more\n")


asyncio.run(asyncio.wait_for(main(*sys.argv[1:]), 30))
