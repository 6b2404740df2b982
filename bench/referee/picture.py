"""The picture: each server's ratios to the epoll floor, a row a scenario, in SVG."""

import math
from html import escape

from figures import number, ratio
from scenarios import LOADS
from servers import FLOOR, OURS, SERVERS

TITLES = {
    "plain_1": "1 connection",
    "plain_1_same": "1 connection, one CPU",
    "plain_64": "64 connections",
    "plain_512": "512 connections",
    "pipeline": "pipelined 16 deep",
    "close": "connection per request",
    "headers": "browser's headers",
    "varied": "varied heads",
    "json": "JSON",
    "echo_1k": "echo 1 KiB",
    "json_1k": "JSON to a struct and back",
    "echo_1m": "echo 1 MiB",
    "bytes_1m": "download 1 MiB",
}
# Ours stands out; the others are told apart by colour and shape: seven and four of them, which have
# no common divisor, so that 28 servers go by before a pair comes again.
COLOURS = ("#1b7837", "#2166ac", "#762a83", "#b35806", "#4d4d4d", "#008b8b", "#b8860b")
STRONG = "#d6004b"
FONT = 'font-family="system-ui, sans-serif" font-size="12"'

TITLE = f"Against {FLOOR}: sockets alone, no HTTP (1 = as the floor)"
EDGE = "What lies beyond a scale is drawn at its edge."
LEFT, ROW, TOP, WIDTH = 150, 30, 64, 990
IN_A_ROW = 6  # of the legend
PANELS = (
    # title, figure, where, how wide, least, most, ticks
    ("CPU per request (less is better)", "cpu_us", 0, 480, 0.8, 6, (1, 1.1, 1.2, 1.5, 2, 3, 5)),
    ("requests per second (more is better)", "rps", 520, 290, 0.2, 1.5, (0.2, 0.3, 0.5, 0.7, 1, 1.5)),
)


def mark(index, x, y, hint):
    """A small sign, one of four shapes, that tells on hovering what it is."""
    shapes = (
        "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
        "M-4 -4h8v8h-8z",
        "M0 -5l5 8h-10z",
        "M0 -5l5 5l-5 5l-5 -5z",
    )
    return (
        f'<path transform="translate({x:.1f} {y:.1f})" d="{shapes[index % len(shapes)]}" '
        f'fill="{COLOURS[index % len(COLOURS)]}" fill-opacity="0.75">'
        f"<title>{escape(hint)}</title></path>"
    )


def ours(x, y, hint):
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="{STRONG}" stroke="white">'
        f"<title>{escape(hint)}</title></circle>"
    )


def text(x, y, words, anchor="start", extra=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {extra}>{escape(words)}</text>'


def panel(all_results, rows, peers, drawn):
    """One figure of all servers, on a logarithmic scale."""
    title, figure, where, width, least, most, ticks = drawn
    bottom = TOP + ROW * len(rows)

    def place(value):
        inside = min(max(value, least), most)
        return LEFT + where + width * math.log(inside / least) / math.log(most / least)

    yield text(LEFT + where, TOP - 24, title, extra='font-weight="bold"')
    for tick in ticks:
        x, colour = place(tick), "#222" if tick == 1 else "#ccc"
        yield f'<path d="M{x:.1f} {TOP - 4}V{bottom}" stroke="{colour}"/>'
        yield text(x, TOP - 8, number(tick), "middle", 'font-size="10"')
    for row, key in enumerate(rows):
        y = TOP + ROW * (row + 0.5)
        for name in (*peers, OURS):
            value = ratio(all_results[key], name, figure)
            if value is not None:
                hint = f"{name}: {number(value)}"
                yield sign(peers, name, place(value), y, hint)


def sign(peers, name, x, y, hint):
    return ours(x, y, hint) if name == OURS else mark(peers.index(name), x, y, hint)


def legend(peers, top):
    for index, name in enumerate((OURS, *peers)):
        x, y = LEFT + index % IN_A_ROW * 125, top + 20 * (index // IN_A_ROW)
        yield sign(peers, name, x, y, name)
        yield text(x + 10, y + 4, name)


def draw(all_results):
    rows = [key for key in LOADS if key in all_results]
    names = {name for key in rows for name, cells in all_results[key].items() if any(cells)}
    peers = [name for name in SERVERS if name in names and not SERVERS[name].floor]
    peers = [name for name in peers if not name.startswith(OURS)]
    bottom = TOP + ROW * len(rows)
    height = bottom + 50 + 20 * (len(peers) // IN_A_ROW + 1)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" {FONT} fill="#222">',
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        text(LEFT, 18, TITLE, extra='font-size="14"'),
    ]
    for row, key in enumerate(rows):
        y = TOP + ROW * row
        if row % 2 == 0:
            parts.append(f'<rect y="{y}" width="{WIDTH}" height="{ROW}" fill="#f5f5f5"/>')
        parts.append(text(LEFT - 10, y + ROW / 2 + 4, TITLES[key], "end"))
    for drawn in PANELS:
        parts += panel(all_results, rows, peers, drawn)
    parts += legend(peers, bottom + 26)
    parts.append(text(LEFT, height - 8, EDGE, extra='font-size="10" fill="#666"'))
    return "\n".join(parts + ["</svg>"]) + "\n"
