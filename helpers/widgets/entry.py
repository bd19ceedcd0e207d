"""The way in: what can be explored, and how."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from helpers.experiment import Experiment, History
from helpers.fields import Switch
from helpers.pictures import LETTERS
from helpers.widgets.controls import CONTROLLED
from helpers.widgets.explorer import Explorer
from helpers.widgets.goals import check_goals
from helpers.widgets.schedule_control import check_breakpoints
from helpers.widgets.state import start_of


def explore(
    *fields: str,
    pinned: Sequence[Experiment] = (),
    goals: Mapping[str, Callable[[History], bool]] = MappingProxyType({}),
    loss: bool = False,
    **fixed,
) -> Explorer:
    """Sliders over fields of an Experiment: each move trains the whole run and redraws the curves.

    fields: names of the fields to control, such as "learning_rate", "momentum", "decay", "patience"
    pinned: up to six experiments that stay on the picture from the start
    goals: {words: whether a run meets the goal}; the explorer ticks what a run has met
    loss: draw the losses, too
    fixed: values of other fields, and where the controls start

    ValueError, before anything trains, for a field that has no control or a value out of range.
    """
    experiment = start_of("explore", fields, CONTROLLED, fixed)
    if "schedule" in fields:
        check_breakpoints(experiment.schedule)
    pins = list(pinned) if isinstance(pinned, Sequence) else [pinned]
    if len(pins) > len(LETTERS) or not all(isinstance(pin, Experiment) for pin in pins):
        raise ValueError(f"pinned must be a list of at most {len(LETTERS)} Experiments.")
    if any(pin.epochs != experiment.epochs for pin in pins):
        raise ValueError(
            f"pinned has to train for {experiment.epochs} epochs, as the explorer does."
        )
    check_goals(goals)
    loss = Switch().check("loss", loss)
    return Explorer(fields, experiment, pins, dict(goals), loss)
