"""What the lesson asks of itself: its length, its questions, its numbers."""

import re
from itertools import pairwise

from tests.test_notebooks import NAMES, code_cells, read

import pytest

SHORTEST = NAMES[1]
SECTIONS = ["Exercises", "Recap", "Your predictions", "What you learned"]
NUMBER = re.compile(r"(?<![\w.,/-])[-−]?\d+(?:[.,]\d+)*(?:e[-−]?\d+)?(?![\w])")
FREE = {*map(str, range(11)), "100"}
QUOTED = {}
"""(notebook, number as written): where it is quoted from."""


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


@pytest.fixture
def notebook(name):
    return read(name)


def prose_of(notebook) -> str:
    """What every student reads: nothing folded, nothing from the section "Deeper" on, no addresses."""
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    text = re.split(r"^## Deeper", text, flags=re.MULTILINE)[0]
    text = re.sub(r"<details.*?</details>", "", text, flags=re.DOTALL)
    return re.sub(r"\]\([^)]*\)", "]", text)


def numbers_of(prose: str) -> list[str]:
    """Numbers that say something: not those of formulas, code, years, notebooks and sections of books."""
    prose = re.sub(r"```.*?```|\$\$.*?\$\$|\$.*?\$|`[^`]*`", "", prose, flags=re.DOTALL)
    named = r"\b(notebooks?|sections?|chapters?|exercises?|python|keras|equations?)\s+[\d.]+((,| and| to) \d+)*"
    prose = re.sub(named, "", prose, flags=re.IGNORECASE)
    prose = re.sub(r"^#+ \d+ *·|^\d+\. ", "", prose, flags=re.MULTILINE)
    return [number for number in NUMBER.findall(prose) if not re.fullmatch(r"(19|20)\d\d", number)]


def test_length(name, notebook):
    prose = prose_of(notebook)
    words = re.findall(r"[A-Za-z][\w'’-]*", prose)
    assert len(words) <= (1400 if name == SHORTEST else 2000)
    assert len(notebook.cells) <= 60
    assert len(numbers_of(prose)) <= 120
    drawing = [cell for cell in code_cells(notebook) if "plt.subplots" in cell.source]
    assert len(drawing) <= len(notebook.cells) / 5


def test_cells_are_short(notebook):
    lengths = sorted(
        sum(bool(line.strip()) for line in cell.source.splitlines())
        for cell in code_cells(notebook)
    )
    assert lengths[len(lengths) // 2] <= 8
    assert lengths[-1] <= 25


def test_headings_come_in_order(notebook):
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    levels = [len(marks) for marks in re.findall(r"^(#+) ", text, re.MULTILINE)]
    assert all(level <= before + 1 for before, level in pairwise(levels))
    titles = re.findall(r"^## (.+)", text, re.MULTILINE)
    assert [title for title in titles if title in SECTIONS] == SECTIONS
    if "Deeper" in titles:
        assert titles[-1] == "Deeper"


def test_questions_are_shown_and_answered(notebook):
    """Five to seven; each box is among the stored outputs, and compared with what ran."""
    cells = code_cells(notebook)
    asked = [
        (number, question)
        for number, cell in enumerate(cells)
        for question in re.findall(r"^(\w+) = ask\(", cell.source, re.MULTILINE)
    ]
    assert 5 <= len(asked) <= 7
    for number, question in asked:
        shown = [output.get("data", {}).get("text/plain", "") for output in cells[number].outputs]
        assert any(text.startswith("Your prediction: ") for text in shown), question
        after = cells[number + 1].source + cells[number + 2].source
        assert re.search(rf"(?<!\w){question}\.compare\((?![\d\"'])", after), question


def test_the_predictions_are_listed(notebook):
    cells = [cell.source for cell in code_cells(notebook)]
    assert "predictions()" in cells


def spellings(number: str) -> set[str]:
    """A number as digits, and as its value."""
    plain = number.replace(",", "").replace("_", "").replace("−", "-").lstrip("-")
    is_number = re.fullmatch(r"\d+(\.\d+)?(e[-+]?\d+)?", plain)
    return {plain, f"{float(plain):g}"} if is_number else {plain}


def computed(notebook) -> set[str]:
    """Every number in a code cell or in a stored text."""
    texts = []
    for cell in code_cells(notebook):
        texts.append(cell.source)
        for output in cell.outputs:
            texts.append(output.get("text", ""))
            texts += [t for kind, t in output.get("data", {}).items() if kind.startswith("text/")]
    numbers = re.findall(r"\d[\d_]*(?:[.,]\d+)*(?:e[-−+]?\d+)?", "\n".join(texts))
    return set().union(*map(spellings, numbers))


def test_every_number_of_the_prose_is_computed(name, notebook):
    known = computed(notebook) | FREE
    numbers = numbers_of(prose_of(notebook))
    assert [n for n in numbers if not spellings(n) & known and (name, n) not in QUOTED] == []
