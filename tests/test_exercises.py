"""The exercises of the notebooks: open as they are stored, solved by the solutions folded under them.

In a notebook a cell tagged "exercise" is the student's, the next one tagged "check" says whether it is
solved, and the next text with a "Solution" holds code for the student's cell. A cell tagged "goals" has
an explorer with `goals`; its solution is an Experiment for each of them, a line each.
"""

import ast
import re
from contextlib import redirect_stdout
from io import StringIO
from symtable import symtable
from typing import NamedTuple

from helpers import exercise, level, problem, train, train_grid, volatile_above
from helpers.measures import swing
from tests.test_notebooks import NAMES, read

import matplotlib.pyplot as plt
import numpy as np
import pytest

SOLUTION = re.compile(r"<summary>Solution</summary>.*?```python\n(.*?)```", re.DOTALL)


class Exercise(NamedTuple):
    cells: list  # the code cells before it
    own: str  # what the student finds
    check: str
    stored: str  # what the check printed
    solution: str


def tags(cell):
    return cell.metadata.get("tags", [])


def exercises(name, tag):
    """Every exercise of a notebook whose own cell has this tag."""
    cells = read(name).cells
    for number, cell in enumerate(cells):
        if tag in tags(cell):
            after = cells[number + 1 :]
            check = (
                next((c for c in after if "check" in tags(c)), None) if tag == "exercise" else None
            )
            solution = next(SOLUTION.search(c.source) for c in after if SOLUTION.search(c.source))
            stored = "".join(output.text for output in check.outputs) if check else ""
            before = [c.source for c in cells[:number] if c.cell_type == "code"]
            yield Exercise(before, cell.source, check.source if check else "", stored, solution[1])


def everything(tag):
    found = [(name, e) for name in NAMES for e in exercises(name, tag)]
    return [pytest.param(e, id=f"{name[:2]}-{n}") for n, (name, e) in enumerate(found)]


def read_by(table):
    """Global names that code reads, in its functions too."""
    own = table.get_type() == "module"
    read = {
        s.get_name() for s in table.get_symbols() if s.is_referenced() and (own or s.is_global())
    }
    return read.union(*map(read_by, table.get_children()))


def needed_and_defined(source):
    """Names that code takes from other code, and those that it gives to other code."""
    needed, defined = set(), set()
    for statement in ast.parse(source).body:
        table = symtable(ast.unparse(statement), "cell", "exec")
        needed |= read_by(table) - defined
        defined |= {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}
        for node in ast.walk(statement):  # fits[rate] = …
            if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
                defined |= {node.value.id} if isinstance(node.value, ast.Name) else set()
    return needed, defined


def run(cells, *last):
    """Run the last pieces of code, and of the cells before them the statements whose names they need."""
    cells = [ast.unparse(statement) for cell in cells for statement in ast.parse(cell).body]
    needed, chosen = set().union(*(needed_and_defined(source)[0] for source in last)), []
    for source in reversed(cells):
        its_own, defined = needed_and_defined(source)
        if defined & needed:
            chosen.insert(0, source)
            needed = needed - defined | its_own
    names, printed = {}, StringIO()
    with redirect_stdout(printed):
        for source in (*chosen, *last):
            exec(compile(source, "cell", "exec"), names)
    plt.close("all")
    return names, printed.getvalue()


@pytest.mark.parametrize("exercise", everything("exercise"))
def test_a_solution_solves_its_exercise(exercise):
    assert "Not solved yet" in exercise.stored
    _, printed = run(exercise.cells, exercise.own, exercise.check)
    assert printed.endswith(exercise.stored), "as it stands, it is open"
    _, printed = run(exercise.cells, exercise.solution, exercise.check)
    assert "Solved" in printed
    assert "Not solved" not in printed


@pytest.mark.parametrize("exercise", everything("goals"))
def test_the_goals_of_an_explorer_are_met_as_the_solution_says(exercise):
    goals = run(exercise.cells, exercise.own)[0]["goals"]
    lines = [line for line in exercise.solution.splitlines() if line.startswith("Experiment(")]
    assert len(lines) == len(goals)
    for line, (words, is_met) in zip(lines, goals.items()):
        experiment = run(exercise.cells, f"experiment = {line}")[0]["experiment"]
        assert is_met(train(experiment)), words
    first = run(exercise.cells, exercise.own.replace("explore(", "explorer = explore("))[0][
        "explorer"
    ]
    assert "☑" not in first.goals.widget.value, "a goal is met before anything is moved"


def test_each_notebook_has_exercises_with_hint_and_solution():
    for name in NAMES:
        text = "\n".join(cell.source for cell in read(name).cells if cell.cell_type == "markdown")
        numbers = re.findall(r"^\*\*Exercise (\d)\.\*\*", text, re.MULTILINE)
        assert numbers == [str(n) for n in range(1, len(numbers) + 1)]
        assert 3 <= len(numbers) <= 5
        code, goals = list(exercises(name, "exercise")), list(exercises(name, "goals"))
        assert code, "an exercise in code"
        assert goals or name == NAMES[1], "goals for an explorer"
        for folded in ("Hint", "Solution"):
            assert text.count(f"<summary>{folded}</summary>") >= len(code) + len(goals)


def test_an_exercise_says_whether_it_is_solved(capsys):
    with exercise("one"):
        pass
    with exercise("two"):
        raise AssertionError("One is not two.")
    with exercise("three"):
        undefined  # noqa: B018, F821
    with pytest.raises(KeyboardInterrupt), exercise("the stop button"):
        raise KeyboardInterrupt
    assert capsys.readouterr().out.splitlines() == [
        "Solved, one.",
        "Not solved yet, two: One is not two.",
        "Not solved yet, three: the code stopped with NameError: name 'undefined' is not defined",
    ]


def test_what_was_found_on_the_moons():
    """What notebook 4 folds under its first explorer, over seeds that were not looked at for it."""
    rates = (0.01, 0.1, 0.3, 3.0, 10.0)
    grid = train_grid([{"learning_rate": r, "problem": "moons"} for r in rates], 30)[:, 10:]
    ends, swings = (
        dict(zip(rates, np.median(np.vectorize(measure)(grid), axis=1)))
        for measure in (level, swing)
    )
    best = 100 * problem("moons").best_accuracy
    assert min(ends[0.1], ends[0.3]) > best - 2
    assert ends[0.01] < best - 5
    assert swings[3.0] > volatile_above(problem("moons"))
    assert ends[10.0] < 75
