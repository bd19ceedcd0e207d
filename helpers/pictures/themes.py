"""Every colour twice: on white paper, and on the dark pages that many screens show."""

import re
from functools import lru_cache

from helpers.plots import BLACK, BLUE, GREEN, GREY, SKY, VERMILION

from matplotlib.colors import to_hex

GHOST, GRID, WHITE = "#B5B5B5", "#E8E8E8", "#FFFFFF"
INK = "#D8D8D8"  # letters and axes on a dark page
DARK = {
    colour.lower(): dark
    for colour, dark in {
        BLACK: INK,
        WHITE: "#111111",
        GREY: "#9A9A9A",
        GHOST: "#6E6E6E",
        GRID: "#333333",
        BLUE: "#3D9BE0",
        SKY: "#A6DCF5",
        GREEN: "#1DBF92",
        VERMILION: "#F07A28",
        "#8C6BB1": "#AE93CE",
        "#7F6000": "#BF9A30",
    }.items()
}
"""What stands for a colour on a dark page; those not named are light enough for both."""


@lru_cache(maxsize=512)
def both(colour, alpha: float | None = None) -> tuple[str, str]:
    """Write a matplotlib colour for the light and the dark page: CSS, #rrggbb or #rrggbbaa."""
    whole = to_hex(colour, keep_alpha=True) if alpha is None else to_hex((colour, alpha), True)
    plain, opacity = whole[:7], whole[7:].replace("ff", "")
    return plain + opacity, DARK.get(plain, plain) + opacity


def darkened(svg: str) -> str:
    """Recolour a picture that matplotlib has written; what has no colour is black there."""
    svg = svg.replace("<svg ", f'<svg fill="{INK}" ', 1)
    return re.sub(r"#[0-9a-f]{6}\b", lambda found: DARK.get(found[0], found[0]), svg)
