"""Find everything on an explorer that a user can move, and move it, as a user does."""

from dataclasses import dataclass
from math import sqrt

from helpers.experiment import KINDS, without_effect
from helpers.fields import Choice
from tests.browser.compare import run_of, trained
from tests.browser.explorer import Explorer

FIND = """root => {
    const kinds = ['text', 'textarea', 'dropdown', 'checkbox', 'toggle-button', 'button', 'play',
        'accordion', 'slider'];
    const known = kinds.map(kind => `.widget-${kind}`).join();
    const movable = 'input, select, textarea, button, [role=slider], [tabindex], [contenteditable],'
        + ' a[href], summary, canvas, .jupyter-widget-Collapse-header';
    const named = /^(control|box|explorer)-/, times = {};
    return [...root.querySelectorAll(movable)].filter(part => part.checkVisibility()).map(part => {
        const widget = part.closest(known);
        const kind = part.tagName === 'CANVAS' ? 'canvas'
            : part.matches('.widget-readout') ? 'readout'
            : kinds.find(kind => widget?.matches(`.widget-${kind}`)) ?? part.outerHTML;
        let up = part, name = null;
        for (; up !== root && !name; up = up.parentElement)
            name = [...up.classList].find(word => named.test(word));
        if (!name || kind === 'accordion') name = (part.closest('label') ?? part).textContent;
        times[name] = (times[name] ?? 0) + 1;
        if (times[name] > 1) name += ` (${times[name]})`;
        part.dataset.control = name;
        const slider = part.closest('.noUi-target')?.noUiSlider;
        const value = slider ? slider.get(true) : part.type === 'checkbox' ? part.checked : part.value;
        const disabled = part.matches(':disabled, [disabled] *, [contenteditable=false]');
        return { kind, name, disabled, value };
    });
}"""

SETS = {
    **{"explorer-play": "epoch", "explorer-seeds": "seeds", "explorer-show-regions": "regions"},
    **{"explorer-rate-scale": "linear_rate", "explorer-rate-unit": "over_updates"},
    **{"explorer-hold": "hold", "explorer-pin": "pins", "explorer-unpin": "pins"},
    **{"explorer-step": "steps", "explorer-run": "steps"},
}
"""Control that is no field's: what it sets."""


@dataclass(frozen=True)
class Control:
    """Something that can be moved: its kind of widget, its name on the page, and what it says."""

    kind: str
    name: str
    disabled: bool
    value: object = None

    @property
    def field(self) -> str:
        """What it sets: a field, or something else that the kernel has a name for."""
        name = self.name.split(" ")[0].removeprefix("control-").removeprefix("box-")
        if name == "breakpoint" or name[-2:] in ("-1", "-2", "-3"):
            return "schedule"
        return "part" if self.kind == "accordion" else SETS.get(name, name)


class Sweep:
    """Moves everything on an explorer, also what appears or becomes enabled by another move.

    After each move the page shows what the kernel says, and that is what training gives.
    """

    def __init__(self, explorer: Explorer):
        """Begin with an explorer that nobody has touched; no more seeds train beside it."""
        self.explorer, self.page = explorer, explorer.page
        if explorer.part("seeds").count():
            explorer.choose("explorer-seeds", "off")
        self.first = self.now = explorer.settle()
        self.found, self.moved = set(), set()

    def move_all(self):
        """Fail for what cannot be moved."""
        self.move_new(set())
        left = {name for name in self.found - self.moved if "-unpin (" not in name}  # of pins gone
        assert not left, f"never enabled: {left}"

    def controls(self) -> dict[str, Control]:
        """All that can be moved now, by name."""
        found = [Control(**each) for each in self.explorer.root.evaluate(FIND)]
        self.found |= {control.name for control in found}
        return {control.name: control for control in found if not control.disabled}

    def move_new(self, known: set):
        """Move what can be moved and is not known."""
        here = self.controls()
        for name in here:
            control = self.controls().get(name)
            if name in known | self.moved or control is None:
                continue
            self.moved.add(name)
            for key, is_right in MOVES[control.kind](self, control):
                self.check(control.name, key, is_right)
                if self.controls().keys() - here.keys() - self.moved:
                    self.move_new(here.keys())

    def value(self, key: str, said: dict):
        """What the kernel says of a field or anything else that it has a name for."""
        return (said if key in said else said["values"])[key]

    def check(self, name: str, key: str, is_right):
        """Wait until the kernel says that a control has moved; is_right(value); None: anywhere else."""
        before = self.value(key, self.now)
        is_right = is_right or (lambda value: value != before)
        self.now = self.explorer.settle(
            rest=key == "steps",
            also=lambda said: is_right(self.value(key, said)),
            what=f"{name} does not set {key}, which is {before}",
        )
        values, controls = self.now["values"], self.controls().values()
        for control in controls:
            if control.field in KINDS:
                assert shows(control, values[control.field]), (control, values[control.field])
        if "run" in self.now:
            run = {**self.now["run"], **dict.fromkeys(without_effect(values))}
            assert run == {**values, **dict.fromkeys(without_effect(values))}, "another run"

    def part(self, control: Control):
        """Where it is on the page."""
        return self.explorer.root.locator(f'[data-control="{control.name}"]').first


def shows(control: Control, value) -> bool:
    """Whether a control says that its field has this value."""
    kind = KINDS[control.field]
    if control.kind == "dropdown":
        return control.value == kind.labels.get(value, value)
    if control.kind == "text":
        is_off = kind.span.off is not ... and value == kind.span.off
        return control.value == "off" if is_off else float(control.value) == value
    return control.value == value if control.kind == "checkbox" else True


def slide(sweep: Sweep, control: Control):
    """One key there, one back."""
    handle = sweep.part(control)
    last = handle.evaluate("handle => handle.closest('.noUi-target').noUiSlider.options.range.max")
    keys = ("ArrowRight", "ArrowLeft")
    for key in keys[::-1] if control.value == last else keys:
        sweep.part(control).press(key)
        yield control.field, None


def type_in(sweep: Sweep, control: Control):
    """A number that no slider stops at, and the old text."""
    field = "learning_rate" if control.field == "schedule" else control.field
    number = unusual_number(field)
    for text, value in ((repr(number), number), (control.value, None)):
        sweep.part(control).fill(text)
        sweep.part(control).press("Enter")
        exact = None if control.field == "schedule" or value is None else value
        yield control.field, None if exact is None else lambda shown: shown == number


def unusual_number(field: str) -> float | int:
    """A number from the middle of a slider, with many digits."""
    kind = KINDS[field]
    first, last = kind.span.first, kind.span.last
    number = 1.0123456789 * sqrt(first * last) if kind.span.log else first + 0.4321 * (last - first)
    return round(number) if kind.whole else number


def choose(sweep: Sweep, control: Control):
    """Every entry of a list, the one that was chosen last."""
    labels = sweep.part(control).evaluate("list => [...list.options].map(entry => entry.value)")
    kind = KINDS.get(control.field)
    for label in [label for label in labels if label != control.value] + [control.value]:
        sweep.part(control).select_option(value=label)
        if isinstance(kind, Choice):
            yield control.field, lambda value, label=label: kind.labels.get(value, value) == label
        else:
            yield control.field, None


def toggle(sweep: Sweep, control: Control):
    """On and off; with the last breakpoint all of them leave the page."""
    sweep.part(control).click()
    yield control.field, None
    if sweep.controls().get(control.name):
        sweep.part(control).click()
    else:
        sweep.explorer.choose("control-schedule", "your own steps")
    yield control.field, None


def press(sweep: Sweep, control: Control):
    """What each button is for."""
    before = sweep.now
    goals = {
        "explorer-pin": lambda pins: len(pins) == len(before["pins"]) + 1,
        "explorer-unpin": lambda pins: len(pins) == len(before["pins"]) - 1,
        "explorer-step": lambda steps: steps == before["steps"] + 1,
        "explorer-run": None,
        "explorer-reset": lambda value: (
            value == (0 if "steps" in before else sweep.first["values"])
        ),
    }
    is_right = goals[control.name.split(" (")[0]]
    sweep.part(control).click()
    if control.name == "explorer-reset":
        yield "steps" if "steps" in before else "values", is_right
    else:
        yield control.field, is_right


def replay(sweep: Sweep, control: Control):
    """Play and pause, or stop; then to the end."""
    sweep.part(control).click()
    if control.name == "explorer-play":

        def moving():
            return sweep.explorer.said()["epoch"] not in (None, sweep.now["epoch"])

        sweep.explorer.wait_until(moving, "the replay moves")
        sweep.part(control).click()
    yield "epoch", lambda epoch: epoch is not None
    sweep.explorer.handle("epoch").press("End")
    yield "epoch", lambda epoch: epoch is None


def type_epoch(sweep: Sweep, control: Control):
    """The number beside a slider can be written over."""
    for number in ("7", control.value or sweep.part(control).inner_text()):
        sweep.part(control).click()
        sweep.page.keyboard.press("Control+A")
        sweep.page.keyboard.type(number)
        sweep.page.keyboard.press("Enter")
        yield control.field, None


def fold(sweep: Sweep, control: Control):
    """Open and closed."""
    sweep.part(control).click()
    yield "part", lambda part: part is not None
    sweep.part(control).click()
    yield "part", lambda part: part is None


def read_out(sweep: Sweep, control: Control):
    """Arrow keys on a picture say what it shows, and move nothing."""
    if sweep.part(control).get_attribute("tabindex") is None:
        return
    sweep.part(control).press("Home")
    line = sweep.part(control).locator("xpath=..").locator("[aria-live]").inner_text()
    if "run" in sweep.now:
        share = 100 * trained(run_of(sweep.now["run"])).val_accuracy[0]
        assert line.startswith("epoch 1: "), line
        assert f"test accuracy {share:.1f} %" in line, line
    else:
        first = "learning rate 0.00001" if "test" in sweep.now else "step 0: "
        assert line.startswith(first), line
    sweep.part(control).evaluate("canvas => canvas.blur()")
    yield "values", lambda values: values == sweep.now["values"]


MOVES = {
    **{"slider": slide, "text": type_in, "dropdown": choose, "checkbox": toggle},
    **{"toggle-button": toggle, "button": press, "play": replay, "readout": type_epoch},
    **{"accordion": fold, "canvas": read_out, "textarea": lambda *_: ()},
}
"""Kind of control: how it is moved; yields what the kernel should say then."""
