"""What a class does in JupyterLab: predict, meet goals, restart, reload, open twice, run no cell, share a machine."""

import shutil

from tests.browser.explorer import Explorer
from tests.browser.lab import PANEL, open_notebook, outputs, run_all, write_notebook

import pytest

CELLS = [
    "from helpers import ask, explore, predictions, train_many, Experiment",
    "question = ask('Which one is sooner?', ['0.1', '0.01'])\nquestion",
    "question.compare('0.1')",
    "goals = {'80 % in under ten epochs': lambda run: (run.val_accuracy[:9] >= 0.8).any()}\n"
    "explore('learning_rate', goals=goals)",
    "predictions()",
]


@pytest.fixture(scope="module")
def opened(new_page, lab, folder):
    """A notebook, run once for all tests here: each leaves it with an explorer that moves."""
    with new_page() as page:
        open_notebook(page, lab, write_notebook(folder, "class.ipynb", *CELLS))
        run_all(page)
        page.wait_for_selector(".explorer-figure canvas")
        yield page


def test_a_prediction_a_goal_and_the_run_in_numbers(opened, screenshots):
    result = opened.locator(".prediction-result")
    assert result.inner_text() == "Measured: 0.1."
    opened.locator(".prediction-answer select").select_option(label="0.01")
    opened.wait_for_function(
        "() => document.querySelector('.prediction-result').innerText.includes('You predicted 0.01.')"
    )
    opened.wait_for_function(
        "() => document.querySelector('.predictions textarea').value.includes('| 0.01 | 0.1 |')"
    )
    explorer = Explorer(opened)
    assert "☐ Goal: 80 % in under ten epochs" in explorer.part("goals").inner_text()
    explorer.type("learning_rate", "0.1")
    explorer.settle(also=lambda said: said["run"]["learning_rate"] == 0.1)
    assert "☑ Goal met: 80 % in under ten epochs" in explorer.part("goals").inner_text()
    opened.screenshot(path=screenshots / "prediction-and-goal.png")
    explorer.root.get_by_text("This run in numbers").click()
    explorer.settle(also=lambda said: said["part"] == 1)
    rows = explorer.root.locator(".explorer-numbers tr")
    assert rows.count() > 15
    assert rows.last.inner_text().split()[0] == "200"


BUSY = [  # the kernel's own setting; JupyterLab was started with another
    "import os; os.environ['LESSON_CLASS'] = 'busy=always'\nfrom helpers import explore",
    "explore('learning_rate')",
]
TITLES = """() => {
    const canvas = document.querySelector('.explorer-regions canvas');
    const title = () => canvas.frame.items.find(item => item.name === 'title').text;
    window.titles = [title()];
    const told = () => titles.at(-1) === title() || titles.push(title());
    new MutationObserver(told).observe(canvas, { attributeFilter: ['data-frame-number'] });
}"""


def test_on_a_busy_machine_regions_follow_at_rest_and_few_seeds_come(
    page, lab, folder, screenshots
):
    open_notebook(page, lab, write_notebook(folder, "busy.ipynb", *BUSY))
    run_all(page)
    page.wait_for_selector(".explorer-regions canvas[data-frame-number]")
    page.evaluate(TITLES)
    explorer = Explorer(page)
    explorer.handle("learning_rate").focus()
    page.keyboard.press("Home")
    explorer.wait_until(lambda: len(page.evaluate("() => titles")) == 3, "the regions never follow")
    first, moved, rested = page.evaluate("() => titles")
    assert moved == first.replace("epoch 200", "an earlier run")
    assert rested.startswith("epoch 200: ")
    explorer.settle(rest=False)  # and the regions are those of the new run
    explorer.wait_until(lambda: "seeds" in explorer.frame, "no other seeds come")
    assert explorer.frame["seeds"]["text"].startswith("4 of 11 runs, as the machine is busy: ")
    page.screenshot(path=screenshots / "busy.png")


KERNEL = f"{PANEL}.sessionContext.session.kernel"
LONG = "{code: 'train_many([Experiment(seed=s) for s in range(3000)])'}"


def test_a_slider_whose_kernel_was_restarted_says_that_it_is_dead_and_lives_again(
    opened, screenshots
):
    assert opened.locator(".jupyter-widgets-disconnected").count() == 0
    opened.evaluate(f"() => {KERNEL}.restart()")
    opened.wait_for_selector(".explorer .jupyter-widgets-disconnected")
    opened.screenshot(path=screenshots / "restarted.png")
    run_all(opened)
    opened.wait_for_selector(".explorer-figure canvas")
    explorer = Explorer(opened)
    explorer.press("learning_rate", "ArrowRight")
    assert opened.locator(".jupyter-widgets-disconnected").count() == 0

    opened.evaluate(f"() => {{ {KERNEL}.requestExecute({LONG}); }}")  # and in the middle of a run
    opened.wait_for_function(f"() => {KERNEL}.status === 'busy'")
    opened.evaluate(f"() => {KERNEL}.restart()")
    run_all(opened)
    opened.wait_for_selector(".explorer-figure canvas")
    Explorer(opened).press("learning_rate", "ArrowLeft")


def test_a_reload_while_the_network_trains_and_a_second_tab(opened, context):
    opened.evaluate(f"() => {PANEL}.context.save()")
    explorer = Explorer(opened)
    explorer.handle("learning_rate").focus()
    for _ in range(12):
        opened.keyboard.press("ArrowRight")
    opened.reload()
    opened.wait_for_selector(".explorer-figure canvas")
    again = Explorer(opened)
    again.press("learning_rate", "ArrowLeft")

    other = context.new_page()
    try:
        other.goto(opened.url.replace("/workspaces/", "/workspaces/second-"))
        other.wait_for_selector(".explorer-figure canvas")
        same = Explorer(other)
        same.settle()
        again.type("learning_rate", "0.123")
        for each in (again, same):
            each.settle(also=lambda said: said["run"]["learning_rate"] == 0.123)
        moved = same.press("learning_rate", "ArrowRight")
        assert again.settle()["run"] == moved["run"]
    finally:
        other.close()


@pytest.mark.parametrize("way", ["shutdown", "restartKernel"])
def test_opened_again_without_its_kernel_it_shows_still_pictures(opened, screenshots, way):
    opened.evaluate(f"() => {PANEL}.context.save()")
    opened.evaluate(f"() => {PANEL}.sessionContext.{way}()")
    opened.reload()  # which starts a kernel where there is none
    opened.wait_for_selector(".jp-OutputArea img")
    opened.wait_for_function(f"() => {PANEL}.sessionContext.session?.kernel?.status === 'idle'")
    opened.wait_for_function("() => !document.body.innerText.includes('Loading widget')")
    opened.screenshot(path=screenshots / "reopened.png")
    assert "Error displaying widget" not in opened.content()
    assert opened.locator(".jp-OutputArea img").count() == 1
    assert "Your prediction: Which one is sooner?" in opened.content()
    run_all(opened)
    opened.wait_for_selector(".explorer-figure canvas")
    Explorer(opened).press("learning_rate", "ArrowRight")


@pytest.mark.parametrize("trusted", [True, False])
def test_a_notebook_that_was_not_run_shows_still_pictures(page, lab, folder, screenshots, trusted):
    name = f"still-{trusted}.ipynb"
    shutil.copy(folder / "01_learning_rate_and_gradient_descent.ipynb", folder / name)
    open_notebook(page, lab, name)
    if trusted:
        page.evaluate("() => { window.jupyterapp.commands.execute('notebook:trust'); }")
        page.locator(".jp-Dialog .jp-mod-accept").click()
    assert "Error displaying widget" not in page.content()
    assert "Loading widget" not in page.content()
    pictures = [o for o in outputs(page) if "image/png" in o.get("data", {})]
    page.wait_for_function(
        f"() => document.querySelectorAll('.jp-OutputArea img').length >= {len(pictures)}"
    )
    page.locator(".jp-OutputArea img").last.scroll_into_view_if_needed()
    page.screenshot(path=screenshots / f"{name[:-6]}.png")
