"""The picture in a notebook: what `Picture.draw` returns, stroked by figure.js in the browser."""

from pathlib import Path

import anywidget
from ipywidgets import Layout
from traitlets import Bool, Bytes, Int, Unicode


class Figure(anywidget.AnyWidget):
    """Shows one Drawing at a time, at most as wide as the page; `label` is its name for screen readers.

    `looked_at` comes from the browser: whether any view of it is in sight. Until one says no, it is.
    """

    _esm = Path(__file__).with_name("figure.js").read_text("utf-8")
    background = Unicode().tag(sync=True)
    dark = Unicode().tag(sync=True)
    frame = Bytes().tag(sync=True)
    width = Int().tag(sync=True)
    height = Int().tag(sync=True)
    label = Unicode().tag(sync=True)
    looked_at = Bool(True).tag(sync=True)

    def __init__(self, picture, label: str):
        """Begin empty, with the size of a Picture."""
        layout = Layout(max_width="100%", margin="0")
        super().__init__(width=picture.width, height=picture.height, label=label, layout=layout)

    def for_the_host(self) -> dict:
        """What Colab is told beside a view: where the code that shows an anywidget is; elsewhere nothing."""
        _, metadata = super()._repr_mimebundle_()
        return metadata
