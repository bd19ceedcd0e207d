"""Each notebook in JupyterLab: it runs without a word on stderr, and every control does something."""

from tests.browser.lab import ROOT, Explorer, open_notebook, outputs, run_all

import pytest

NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_runs_and_every_control_changes_picture_and_sentence(page, lab, name, screenshots):
    open_notebook(page, lab, name)
    run_all(page)
    assert not [
        o for o in outputs(page) if o["output_type"] == "error" or o.get("name") == "stderr"
    ]
    page.wait_for_selector(".explorer-figure")
    for number in range(page.locator(".explorer").count()):
        explorer = Explorer(page, number)
        explorer.settle()
        explorer.root.screenshot(path=screenshots / f"{name[:2]}-{number + 1}.png")
        move_every_control(explorer)


def move_every_control(explorer):
    """By keyboard alone: sliders with the arrow keys, lists by choosing another entry."""
    for slider in explorer.root.locator("[class*=control-]:has(.noUi-handle)").all():
        classes = slider.get_attribute("class").split()
        field = next(c for c in classes if c.startswith("control-")).removeprefix("control-")
        if slider.is_visible() and field not in ("epoch", "schedule"):
            disabled = slider.locator(".noUi-target[disabled]").count()
            if not disabled:
                value = float(explorer.handle(field).get_attribute("aria-valuenow"))
                top = float(explorer.handle(field).get_attribute("aria-valuemax"))
                explorer.press(field, "ArrowLeft" if value == top else "ArrowRight")
    for choice in explorer.root.locator("[class*=control-]:has(select)").all():
        before = explorer.sentence
        choice.locator("select").select_option(index=1)
        explorer.wait_until(
            lambda before=before: explorer.sentence != before, "another choice says so"
        )
