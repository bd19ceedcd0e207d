"""One explorer on a page: what it shows, what its kernel says, and how a user moves it."""

import ast
import json
import time
from base64 import b64decode

from tests.browser.compare import check_picture, difference
from tests.browser.lab import PATIENCE
from tests.frames import read

import numpy as np
from playwright.sync_api import Locator, Page

SEEN = """root => {
    const kinds = {
        text: part => part.querySelector('input').value,
        textarea: part => part.querySelector('textarea').value,
        html: part => part.querySelector('.widget-html-content').textContent,
        slider: part => part.querySelector('.noUi-target').noUiSlider.get(true),
        dropdown: part => part.querySelector('select').selectedOptions[0]?.value,
        checkbox: part => part.querySelector('input').checked,
        'toggle-button': part => part.classList.contains('mod-active'),
        button: part => part.textContent,
        play: part => part.querySelector('.fa-pause') !== null,
        accordion: part => {
            const open = child => child.classList.contains('jupyter-widget-Collapse-open');
            const number = [...part.children].findIndex(open);
            return number < 0 ? null : number;
        },
    };
    const all = Object.keys(kinds).map(kind => `.widget-${kind}`).join();
    const parts = [...root.querySelectorAll(all)].filter(part => part.checkVisibility());
    const plain = (_, value) => ArrayBuffer.isView(value) ? Array.from(value) : value;
    return JSON.stringify({
        parts: parts.map(part => {
            const kind = Object.keys(kinds).find(kind => part.matches(`.widget-${kind}`));
            const disabled = ':disabled, :not(.widget-accordion):has(:disabled, [disabled])';
            const stop = part.querySelector('.noUi-target')?.noUiSlider.options.step;
            return [kind, kinds[kind](part), part.matches(disabled), stop];
        }),
        figures: [...root.querySelectorAll('canvas')].map(canvas => canvas.frame ?? null),
    }, plain);
}"""

SAID = """async code => {
    const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
    const request = { code: '', silent: true, store_history: false, user_expressions: { code } };
    const late = new Promise((_, fail) => setTimeout(fail, 180_000, 'no answer from the kernel'));
    const reply = await Promise.race([kernel.requestExecute(request).done, late]);
    const { data, evalue } = reply.content.user_expressions.code;
    if (!data) throw new Error(evalue);
    return data['text/plain'];
}"""


KERNEL = "__import__('tests.browser.kernel').browser.kernel"
FLOATS = {"points", "shape", "x", "y", "values"}
ARRAYS = FLOATS | {"palette", "indexes"}


def ask_kernel(page: Page, code: str):
    """What an expression means in the notebook's kernel."""
    return ast.literal_eval(page.evaluate(SAID, code))


class Explorer:
    """One explorer on a page: its controls, its picture, its sentence."""

    def __init__(self, page: Page, number: int = 0):
        self.page, self.number = page, number
        self.root = page.locator(".explorer").nth(number)
        self.root.scroll_into_view_if_needed()

    def part(self, name: str) -> Locator:
        """What carries the class explorer-NAME."""
        return self.root.locator(f".explorer-{name}").first

    def canvas(self, name: str = "figure") -> Locator:
        """What a picture is stroked on."""
        return self.part(name).locator("canvas")

    @property
    def picture(self) -> int:
        """The number of the picture that is shown, raised with each new one."""
        return int(self.canvas().get_attribute("data-frame-number") or 0)

    @property
    def frame(self) -> dict:
        """What the picture shows, by name: {"accuracy test": item, …}."""
        return {item["name"]: item for item in self.seen()["figures"][0]["items"]}

    @property
    def sentence(self) -> str:
        """What the status line says."""
        return self.part("status").inner_text()

    def handle(self, field: str) -> Locator:
        """The handle of a field's slider."""
        return self.root.locator(f".control-{field} .noUi-handle").first

    def box(self, field: str) -> Locator:
        """The number box beside a slider."""
        return self.root.locator(f".box-{field} input").first

    def seen(self) -> dict:
        """What stands on the page: [kind, value, disabled] of each part, and the pictures stroked last."""
        return with_arrays(json.loads(self.root.evaluate(SEEN)))

    def said(self) -> dict:
        """What the kernel says, the same and more."""
        said = json.loads(ask_kernel(self.page, f"{KERNEL}.said({self.number})"))
        said["figures"] = [read(b64decode(frame)) for frame in said["figures"]]
        return said

    def settle(self, rest: bool = True, also=lambda said: True, what: str = "") -> dict:
        """Wait until the page shows what the kernel says, and check the pictures; what that is.

        rest: until nothing is under way; also: and until this holds, too.
        """
        end, said = time.monotonic() + PATIENCE, None
        while True:
            said = self.said()
            seen = self.seen()
            fault = difference(seen, said)
            if not fault and (said["rests"] or not rest) and also(said):
                check_picture(seen, said)
                return said
            assert time.monotonic() < end, f"{fault or what or 'it never rests'}: {self.sentence}"
            self.page.wait_for_timeout(20)

    def wait_until(self, condition, what: str):
        """Wait until a condition holds."""
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, f"{what}, but after {PATIENCE} s: {self.sentence}"
            self.page.wait_for_timeout(20)

    def press(self, field: str, *keys: str) -> dict:
        """Press keys on a slider's handle and wait until everything follows; what the kernel says then."""
        before = self.settle(rest=False)
        self.handle(field).focus()
        for key in keys:
            self.page.keyboard.press(key)

        def moved(said):
            return said["values"] != before["values"]

        return self.settle(rest=False, also=moved, what=f"{keys} on {field} move nothing")

    def type(self, field: str, text: str):
        """Type into a number box and leave it with Enter."""
        self.box(field).fill(text)
        self.box(field).press("Enter")

    def choose(self, field: str, label: str):
        """Choose from a list, by the class of its control."""
        self.root.locator(f".{field} select").select_option(label=label)


def with_arrays(seen: dict) -> dict:
    """Lists of numbers in pictures become arrays; points (n, 2)."""
    for frame in filter(None, seen["figures"]):
        readout = frame["readout"] or {"columns": []}
        for each in (*frame["items"], readout, readout.get("mark", {}), *readout["columns"]):
            for name in ARRAYS & each.keys():
                if isinstance(each[name], list):
                    array = np.array(each[name], "float32" if name in FLOATS else "uint8")
                    each[name] = array.reshape(-1, 2) if name in ("points", "shape") else array
    return seen
