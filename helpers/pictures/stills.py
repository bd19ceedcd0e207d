"""Still pictures for readers without a kernel."""

import base64
import textwrap
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

CAPTION = "A still picture: run the cell, and its controls are live."
MARGIN, LINE = 30, 22  # pixels


def still_bundle(pictures: list[bytes], text: str, values: str = "") -> dict:
    """PNG pictures, side by side, and a text, as a mimebundle for readers without a kernel.

    values: what the controls say, written above the pictures.
    """
    picture = base64.b64encode(_side_by_side(pictures, values)).decode()
    return {"image/png": picture, "text/plain": text}


def _side_by_side(pictures: list[bytes], values: str) -> bytes:
    """Paste PNG pictures into one, left to right, under a line that says how to make them live."""
    parts = [Image.open(BytesIO(picture)).convert("RGB") for picture in pictures]
    width = sum(part.width for part in parts)
    lines = [CAPTION, *textwrap.wrap(values, width // 8)]
    top = LINE * len(lines) + 8
    whole = Image.new("RGB", (width, top + max(part.height for part in parts)), "white")
    font = ImageFont.load_default(size=15)
    for number, line in enumerate(lines):
        colour = "#000000" if number else "#555555"
        ImageDraw.Draw(whole).text((MARGIN, 8 + LINE * number), line, fill=colour, font=font)
    left = 0
    for part in parts:
        whole.paste(part, (left, top))
        left += part.width
    buffer = BytesIO()
    whole.quantize(128).save(buffer, "png", optimize=True)
    return buffer.getvalue()
