"""Cells made into figures: medians over rounds, ratios within a round, numbers as text.

`results` is a scenario's: server -> its cells, one a round; a cell is None where the server cannot
serve the scenario, and {"invalid": why} where it did not serve it rightly.
"""

import statistics

from servers import FLOOR


def good(cells):
    return [cell for cell in cells if cell and "invalid" not in cell]


def value(cell, key):
    """What a cell has under a key; `slow.rps` is the `rps` of its `slow`."""
    for part in key.split("."):
        cell = cell.get(part) if isinstance(cell, dict) else None
    return cell


def median(cells, key):
    values = [value(cell, key) for cell in good(cells)]
    values = [found for found in values if found is not None]
    return statistics.median(values) if values else None


def ratio(results, name, key, base=FLOOR):
    """The median over rounds of a server's figure to the floor's of the same round."""
    pairs = zip(results.get(name, ()), results.get(base, ()))
    ratios = [
        value(cell, key) / value(floor, key)
        for cell, floor in pairs
        if good([cell]) and good([floor]) and value(cell, key) is not None and value(floor, key)
    ]
    return statistics.median(ratios) if ratios else None


def spread(cells, key):
    """Half the range over the rounds, as a share of the median."""
    values = [value(cell, key) for cell in good(cells)]
    if not values:
        return "–"
    return f"{(max(values) - min(values)) / 2 / max(1, statistics.median(values)):.0%}"


def number(x, digits=3):
    """About `digits` significant figures, no exponent."""
    if x is None:
        return "–"
    if abs(x) >= 10 ** (digits - 1):
        return f"{x:,.0f}"
    return f"{x:.{digits}g}" if abs(x) >= 0.001 else "0"


def percent(x):
    return "–" if x is None else f"{x:.1%}"
