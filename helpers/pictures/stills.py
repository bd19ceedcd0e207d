"""Still pictures for readers without a kernel."""

import base64
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

CAPTION = "A still picture: run the cell, and its controls are live."
CAPTION_HEIGHT = 30


def still_bundle(bundle: dict, pictures: list[bytes], text: str) -> dict:
    """A widget's mimebundle with PNG pictures, side by side, and a text for readers without a kernel."""
    picture = base64.b64encode(_side_by_side(pictures)).decode()
    return {**bundle, "image/png": picture, "text/plain": text}


def _side_by_side(pictures: list[bytes]) -> bytes:
    """Paste PNG pictures into one, left to right, under a line that says how to make them live."""
    parts = [Image.open(BytesIO(picture)).convert("RGB") for picture in pictures]
    size = sum(part.width for part in parts), max(part.height for part in parts) + CAPTION_HEIGHT
    whole = Image.new("RGB", size, "white")
    font = ImageFont.load_default(size=15)
    ImageDraw.Draw(whole).text((CAPTION_HEIGHT, 8), CAPTION, fill="#555555", font=font)
    left = 0
    for part in parts:
        whole.paste(part, (left, CAPTION_HEIGHT))
        left += part.width
    buffer = BytesIO()
    whole.quantize(128).save(buffer, "png", optimize=True)
    return buffer.getvalue()
