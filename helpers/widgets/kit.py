"""The models behind an explorer: few, and closed when nothing shows them any more."""

from contextlib import contextmanager

import ipywidgets as widgets
from IPython import get_ipython

VIEW = "application/vnd.jupyter.widget-view+json"
CELLS = {}
"""Cell: the request that ran it last, and what that run showed."""


class Kit:
    """Makes widgets that share their layouts and styles, which are two thirds of all models."""

    def __init__(self):
        """Begin with none."""
        self.made, self.shared = [], {}

    def __call__(self, kind, *classes: str, layout=None, style=None, **options):
        """Make a widget of this kind, with CSS classes."""
        options["layout"] = self.share(widgets.Layout, layout)
        if "style" in kind.class_traits():
            options["style"] = self.share(kind.class_traits()["style"].klass, style)
        widget = kind(**options)
        for name in classes:
            widget.add_class(name)
        self.made.append(widget)
        return widget

    def share(self, kind, settings=None):
        """A layout or style with these settings."""
        key = kind, tuple(sorted((settings or {}).items()))
        if key not in self.shared:
            self.shared[key] = kind(**(settings or {}))
            self.made.append(self.shared[key])
        return self.shared[key]

    def keep(self, *made):
        """Take care of models that were made elsewhere; the first of them."""
        self.made += made
        return made[0]

    def close(self, *made):
        """Close some of them."""
        for widget in made:
            self.made.remove(widget)
            widget.close()


class Kitted:
    """Mixed into a widget with a `kit`: closed as a whole, and open again where it is shown again.

    A cell that is run again replaces what it showed. What no cell shows any more is closed.
    A subclass has `without_kernel()`, the mimebundle for readers without a kernel.
    """

    _ipython_display_ = None  # in ipywidgets 7 a method, which would show the view alone

    @contextmanager
    def whole_or_nothing(self):
        """Close everything where the making of it fails."""
        try:
            yield
        except BaseException:  # the stop button, too
            self.close()
            raise

    def close(self):
        """Close all models."""
        super().close()
        vars(self).pop("_repr_mimebundle_", None)  # ipywidgets leaves a None there
        for widget in self.kit.made:
            widget.close()

    def open(self):
        """Open all models that are closed."""
        for widget in self.kit.made:
            _open_with_parts(widget)
        super().open()

    def _repr_mimebundle_(self, **kwargs):
        """The live view, and beside it what a reader without a kernel sees."""
        self.open()
        _close_what_is_replaced_by(self)
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        return {VIEW: view, **self.without_kernel()}


def _open_with_parts(widget):
    """A model names its parts when it opens: they have to be open before."""
    if widget.comm is None:
        for value in [getattr(widget, name) for name in widget.keys]:
            for part in value if isinstance(value, tuple | list) else (value,):
                if isinstance(part, widgets.Widget):
                    _open_with_parts(part)
        widget.open()


def _close_what_is_replaced_by(shown):
    """Close what this cell showed when it ran before and no other cell shows.

    Where the front end does not say which cell it runs, its text tells: the same text is the same cell.
    """
    parent = getattr(get_ipython(), "get_parent", dict)()
    cell = parent.get("metadata", {}).get("cellId") or parent.get("content", {}).get("code")
    if cell is None:
        return
    request = parent["header"]["msg_id"]
    last, before = CELLS.get(cell, (None, []))
    if last != request:
        CELLS[cell] = request, []
        for widget in before:
            kept = [shown, *(other for _, others in CELLS.values() for other in others)]
            if not any(widget is other for other in kept):
                widget.close()
    CELLS[cell][1].append(shown)
