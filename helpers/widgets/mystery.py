"""Runs whose settings are hidden, with a question about their kind and one about the cause."""

from dataclasses import dataclass, replace
from html import escape

from helpers.experiment import as_number
from helpers.mysteries import Mystery, causes_of, mystery
from helpers.outcome import KINDS_OF_RUN, rules
from helpers.pictures import Scene, bare_curves_picture
from helpers.pictures.stills import still_bundle
from helpers.recipes import TOPICS
from helpers.widgets.stage import Stage
from helpers.widgets.turn import TURN
from helpers.widgets.words import status_line, values_in_words

import ipywidgets as widgets

KIND, CAUSE = "What kind of run is it?", "What is the likely cause?"


@dataclass(frozen=True)
class State:
    """A run, and what the student takes it for."""

    seed: int
    mystery: Mystery
    kind: str = ""
    cause: str = ""

    @property
    def sentence(self) -> str:
        """What fits and what does not, once both are chosen, as HTML."""
        if not (self.kind and self.cause):
            return "Choose an answer to both questions, and you will see whether they fit."
        run = self.mystery.history
        settings = values_in_words(run.experiment, self.mystery.fields)
        why = f"The settings were: {escape(settings)}. {escape(self.mystery.recipe.why)}"
        return "<br>".join([self._about_kind(), self._about_cause(), why])

    def _about_kind(self) -> str:
        true = self.mystery.kind
        if self.kind == true:
            return f"Kind of run: <b>{true}</b> fits."
        rule = rules(self.mystery.history.problem)[true]
        return f"Kind of run: {self.kind} does not fit, it is <b>{true}</b>. {rule}"

    def _about_cause(self) -> str:
        true, possible = self.mystery.recipe.cause, self.mystery.causes
        said, true_cause = escape(self.cause), f"<b>{escape(true)}</b>"
        others = escape(" or: ".join(sorted(possible - {self.cause})))
        if self.cause not in possible:
            return f"Cause: “{said}” does not fit, it is: {true_cause}."
        if self.cause == true:
            alike = f" The same curves could mean: {others}." if others else ""
            return f"Cause: {true_cause} fits.{alike}"
        return f"Cause: “{said}” fits these curves, too. Here it is: {true_cause}."


class MysteryRun(Stage):
    """The curves of a run, two questions about it, and a button for the next run."""

    def __init__(self, topic: str, seed: int):
        """Show the run of this seed."""
        super().__init__()
        self.topic = topic
        with self.whole_or_nothing():
            self._build()
            self.begin(self._draw, seed)

    def _build(self):
        self.picture = bare_curves_picture()
        label = "Accuracy and loss over the epochs of a run with hidden settings"
        self.figure = self.figure_of(self.picture, label, "explorer-figure")
        self.kind = self._question(KIND, KINDS_OF_RUN, "kind")
        self.cause = self._question(CAUSE, causes_of(self.topic), "cause")
        tooltip = "Draw a run with other hidden settings"
        button = self.button("Another run", tooltip, self.another, "mystery-another")
        row = self.kit(widgets.HBox, children=[button])  # as wide as its name
        self.children = [self.figure, self.kind, self.cause, self.status, row]

    def _question(self, question: str, answers, field: str):
        options = [("choose …", ""), *((answer, answer) for answer in answers)]
        chosen = self.kit(
            *(widgets.Dropdown, f"mystery-{field}"),
            description=question,
            options=options,
            layout={"width": "520px", "max_width": "100%"},
            style={"description_width": "180px"},
        )

        def choose(answer):
            if answer is None:  # only a message can choose nothing
                raise ValueError(f"{question} None is no answer: choose one from the list.")
            return replace(self.state, **{field: answer})

        self.follow(chosen, choose)
        return chosen

    def another(self):
        """Show the run of the next seed."""
        self.attempt(lambda: self._draw(self.state.seed + 1))

    def _draw(self, seed: int) -> State:
        return State(seed, mystery(self.topic, seed))

    def scene(self, state: State) -> Scene:
        """What the picture shows."""
        return Scene(state.mystery.history, "A run with hidden settings")

    def look(self, state: State) -> dict:
        """Everything that is shown."""
        return {
            self.figure: self.picture.draw(self.scene(state))._asdict(),
            self.kind: {"value": state.kind},
            self.cause: {"value": state.cause},
            self.status: {"value": status_line(state.sentence)},
        }

    def without_kernel(self) -> dict:
        """Static picture, and a text that never varies."""
        with TURN:
            still = self.picture.still(self.scene(self.state))
        return still_bundle([still], f"Mystery run: {self.topic}", f"{KIND} {CAUSE}")


def mystery_run(topic: str, seed: int = 0) -> MysteryRun:
    """Curves of a run with hidden settings: choose its kind and the likely cause, and you are told.

    topic: "rates", "schedules" or "optimizers", what is hidden; seed: decides the run
    """
    if topic not in list(TOPICS):  # it may be anything, even what has no hash
        raise ValueError(f"topic is {topic!r}, but must be one of: {', '.join(TOPICS)}.")
    return MysteryRun(topic, as_number("seed", seed))
