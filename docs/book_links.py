"""Makes links from the guide to other files of the repository lead to its website, for mdBook.

mdBook calls this as a preprocessor (book.toml): the book comes by standard input, and goes out by
standard output.
"""

import json
import posixpath
import re
import sys

WEBSITE = "https://github.com/bhrh/bhrh/blob/main/"
# A link that leaves the folder of the guide, outside of code.
LINK = re.compile(r"\]\((\.\./[^)#\s]*)")


def website(match):
    return "](" + WEBSITE + posixpath.normpath("docs/guide/" + match.group(1))


def rewrite(item):
    """Rewrites every chapter below an item: books of mdBook 0.4 and 0.5 differ in the names above them."""
    if isinstance(item, list):
        for part in item:
            rewrite(part)
    elif isinstance(item, dict):
        for name, part in item.items():
            if name == "content" and isinstance(part, str):
                item[name] = LINK.sub(website, part)
            else:
                rewrite(part)


if len(sys.argv) > 1 and sys.argv[1] == "supports":
    sys.exit(0)
_context, book = json.load(sys.stdin)
rewrite(book)
json.dump(book, sys.stdout)
