"""What holds for every notebook; its outputs are compared by nbval, in a run of its own."""

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import helpers

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
NAMES = [
    "01_learning_rate_and_gradient_descent",
    "02_configuring_the_learning_rate_in_keras",
    "03_the_blobs_problem",
    "04_learning_rate_and_momentum",
    "05_learning_rate_schedules",
    "06_adaptive_learning_rates",
]
IGNORED = {}  # (notebook, cell id): why nbval cannot compare this cell
TIMING = re.compile(r"\d\s*(ms|µs|s|sec|seconds|min|minutes)\b|\d\d:\d\d|it/s")
PATH = re.compile(r"(?<![\w.])/(work|root|home|tmp|usr|opt|Users|content)/|[A-Z]:\\|site-packages")
WIDGET = "application/vnd.jupyter.widget-view+json"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def read(name):
    return nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=nbformat.NO_CONVERT)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(notebook):
    return [output for cell in code_cells(notebook) for output in cell.outputs]


def texts(output):
    """Everything in an output that is text, a picture's bytes left out."""
    yield output.get("text", "")
    yield from (text for kind, text in output.get("data", {}).items() if kind.startswith("text/"))


def test_the_six_notebooks():
    assert sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb")) == NAMES


@pytest.fixture(params=NAMES)
def notebook(request):
    return read(request.param)


def test_format(notebook):
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec == KERNEL
    assert set(notebook.metadata) == {"kernelspec", "language_info"}, "widget state, or a tool's"


def test_the_set_up_is_short_and_all_comes_from_helpers_alone(notebook):
    lines = [line for line in code_cells(notebook)[0].source.splitlines() if line]
    assert len(lines) <= 8
    assert lines[0].startswith("from helpers import "), "before TensorFlow: they import it quietly"
    assert lines[-1] == 'plt.style.use("helpers.lesson")'
    text = "\n".join(cell.source for cell in notebook.cells)
    assert not re.search(r"\b(from|import) helpers\.", text)
    taken = ", ".join(re.findall(r"from helpers import (\w+(?:, \w+)*)", text)).split(", ")
    assert set(taken) <= set(helpers.__all__)


def test_every_cell_was_run_once_from_the_top(notebook):
    cells = code_cells(notebook)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert all(cell.source.strip() for cell in cells)
    assert all("execution" not in cell.metadata for cell in cells), "the times of a run are stored"


def test_outputs_are_clean(notebook):
    assert outputs(notebook)
    for output in outputs(notebook):
        assert output.output_type != "error"
        assert output.get("name") != "stderr"
        for text in texts(output):
            assert not TIMING.search(text), text
            assert not PATH.search(text), text


def test_no_view_of_a_widget_is_stored(notebook):
    """Without its kernel it is an error message: `make notebooks` stores a picture or a text."""
    assert not [o for o in outputs(notebook) if WIDGET in o.get("data", {})]
    stills = [
        o.data
        for o in outputs(notebook)
        if "Explorer of" in o.get("data", {}).get("text/plain", "")
    ]
    assert stills
    assert all("image/png" in data for data in stills)


def test_executing_stores_what_a_reader_without_a_kernel_can_see(tmp_path):
    path = tmp_path / "one.ipynb"
    code = "import ipywidgets\nprint(1, flush=True)\nprint(2)\nipywidgets.IntSlider()"
    nbformat.write(new_notebook(cells=[new_code_cell(code)]), path)
    runpy.run_path(str(NOTEBOOKS.parent / "tools/execute.py"))["execute"](path)
    notebook = nbformat.read(path, as_version=4)
    printed, shown = notebook.cells[0].outputs
    assert printed.text == "1\n2\n"
    assert list(shown.data) == ["text/plain"]
    assert "widgets" not in notebook.metadata
    assert "execution" not in notebook.cells[0].metadata


def test_one_title_first_and_the_next_notebook_exists(notebook):
    prose = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    titles = re.findall(r"^# .+", "\n".join(prose), re.MULTILINE)
    assert len(titles) == 1
    assert notebook.cells[0].source.startswith(titles[0])
    links = re.findall(r"\]\(([^)#:]+\.ipynb)", "\n".join(prose))
    assert all((NOTEBOOKS / link).is_file() for link in links)


def test_every_figure_is_asked_for_and_told_in_words(notebook):
    for number, cell in enumerate(notebook.cells):
        pictures = [o for o in cell.get("outputs", []) if "image/png" in o.get("data", {})]
        students = "Your turn" in cell.source or "exercise" in cell.metadata.get("tags", [])
        live = re.search(r"^(explore\w*|mystery_run)\(", cell.source, re.MULTILINE)
        if pictures and not live and not students:
            after = "".join(c.source for c in notebook.cells[number + 1 : number + 3])
            assert "*In words:*" in after, cell.source
            before = [c for c in notebook.cells[:number] if c.cell_type == "markdown"]
            assert "?" in before[-1].source + before[-2].source, cell.source


def test_text_in_figures_is_not_coloured(notebook):
    for cell in code_cells(notebook):
        for call in re.findall(r"\.(?:text|annotate|set_title|suptitle)\([^\n]*", cell.source):
            assert not re.search(r"\bcolor=(?!\"(?:black|white)\"|ink)", call), call


def test_what_nbval_does_not_compare_is_on_the_list():
    found = set()
    for name in NAMES:
        for cell in code_cells(read(name)):
            assert not re.search(r"NBVAL_|PYTEST_VALIDATE_", cell.source), "tags, not comments"
            tags = {tag for tag in cell.metadata.get("tags", []) if tag.startswith("nbval")}
            assert tags <= {"nbval-ignore-output"}
            assert "raises-exception" not in cell.metadata.get("tags", [])
            found |= {(name, cell.id)} if tags else set()
    assert found == set(IGNORED)


def stored(code, printed=None, value=None):
    """A cell with what it printed and showed."""
    cell = new_code_cell(code, execution_count=1)
    if printed:
        cell.outputs.append(new_output("stream", name="stdout", text=printed))
    if value:
        data = {"text/plain": value}
        cell.outputs.append(new_output("execute_result", data, execution_count=1))
    return cell


def test_nbval_sees_a_stored_text_that_differs_and_a_name_that_is_written_over(tmp_path):
    texts = [("one\n", "2"), ("two\n", "2"), ("one\n", "3"), (None, "2"), ("one\n", None)]
    cells = [stored("print('one')\n1 + 1", *both) for both in texts]
    cells += [stored("rate = 1"), stored("print(rate)", "1\n"), stored("rate = 2")]
    path = tmp_path / "small.ipynb"
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), path)
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "-rA"]
    command += ["-p", "no:cacheprovider", "-p", "tests.going_back", "--rootdir", tmp_path, path]
    own = {**os.environ, "PYTHONPATH": str(NOTEBOOKS.parent)}
    run = subprocess.run(command, cwd=tmp_path, env=own, capture_output=True, text=True)
    found = re.findall(r"^(PASSED|FAILED) small.ipynb::Cell (\d)( once more)?", run.stdout, re.M)
    passed = {(int(number), more) for word, number, more in found if word == "PASSED"}
    assert len(found) == 2 * len(cells), run.stdout + run.stderr
    assert passed == {(n, "") for n in (0, 5, 6, 7)} | {(n, " once more") for n in (0, 5, 7)}
