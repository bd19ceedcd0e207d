"""What all explorers have in common: they show one state, whole or not at all."""

from html import escape

from helpers.widgets.figure import Figure
from helpers.widgets.kit import Kit, Kitted
from helpers.widgets.turn import TURN, turn
from helpers.widgets.words import status_line

import ipywidgets as widgets


class Stage(Kitted, widgets.VBox):
    """An explorer, whose `state` decides all that is shown.

    A subclass has `look(state)`: {widget: {trait: value}} of everything that is shown. Whatever the
    student does is an action that returns the next state: it is computed, its look is computed, and
    then both are shown at once, or nothing of them and a sentence that says why.
    """

    interrupted = "Interrupted: this is still the run before."

    def __init__(self):
        """Begin with nothing to show."""
        self.kit, self.state, self.shown, self.showing = Kit(), None, {}, False
        super().__init__(layout=self.kit.share(widgets.Layout))
        self.add_class("explorer")
        self.status = self.kit(widgets.HTML, "explorer-status")

    def figure_of(self, picture, label: str, css_class: str) -> Figure:
        """Make the widget that shows a picture."""
        figure = Figure(picture, label).add_class(css_class)
        return self.kit.keep(figure, figure.layout)

    def button(self, name: str, tooltip: str, action, css_class: str):
        """Make a button that leads to `action()`."""
        options = {"description": name, "tooltip": tooltip, "layout": {"width": "auto"}}
        button = self.kit(widgets.Button, css_class, **options)
        button.on_click(lambda _: action())
        return button

    def follow(self, widget, action, trait: str = "value"):
        """Let each change that the student makes lead to `action(new value)`, the next state."""
        widget.observe(lambda change: self.attempt(action, change["new"]), trait)

    def begin(self, action, *arguments):
        """Show the first state; where that fails, there is no explorer."""
        with turn() as stop:
            self._go(stop, action, *arguments)

    def attempt(self, action, *arguments) -> bool:
        """Go to the state that an action returns; what goes wrong, the front end would swallow."""
        with TURN:
            if self.showing:  # a change of our own
                return False
            with turn() as stop:
                try:
                    self._go(stop, action, *arguments)
                except ValueError as error:
                    self._stay(str(error))
                except KeyboardInterrupt:
                    self._stay(self.interrupted)
                except Exception as error:
                    said = f"{type(error).__name__}: {error}".rstrip(": ")
                    self._stay(f"This could not be shown ({said}).")
                else:
                    return True
                return False

    def _go(self, stop, action, *arguments):
        with stop.stoppable():
            state = action(*arguments)
            look = self.look(state)
        self._show(look)
        self.state, self.shown = state, look
        self.rest()

    def _stay(self, sentence: str):
        """Put everything back, and say why."""
        sentence = " ".join(sentence.split())
        self._show(self.shown | {self.status: {"value": status_line(escape(sentence))}})
        self.rest()

    def _show(self, look):
        self.showing = True
        try:
            for widget, traits in look.items():
                with widget.hold_sync():
                    for name, value in traits.items():
                        setattr(widget, name, value)
        finally:
            self.showing = False

    def _repr_mimebundle_(self, **kwargs):
        """The same as of every widget here, and what the host wants to know beside it."""
        bundle, metadata = super()._repr_mimebundle_(**kwargs), self.figure.for_the_host()
        return (bundle, metadata) if metadata else bundle

    def rest(self):
        """After each attempt: put away what is no longer shown, begin what may take its time."""
