"""Write the site: an index, and a page for each notebook whose explorers move without a kernel."""

import ast
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from tools.pages.page import Page
from tools.pages.whole import NOTEBOOKS, write_pages


def needed(cell: ast.AST, functions: dict[str, ast.FunctionDef]) -> list[ast.FunctionDef]:
    """The functions of other cells that a cell needs, those first that others need."""
    found = {}
    for node in ast.walk(cell):
        if isinstance(node, ast.Name) and node.id in functions:
            function = functions.pop(node.id)
            found |= {f.name: f for f in (*needed(function, functions), function)}
    return [*found.values()]


def made(cells: list, number: int):
    """The explorer that a cell shows; of the others, the first one runs, and what functions it needs."""
    first, *others = (ast.parse(c.source) for c in cells[:number] if c.cell_type == "code")
    parts = [part for tree in others for part in tree.body]
    functions = {part.name: part for part in parts if isinstance(part, ast.FunctionDef)}
    cell, names = ast.parse(cells[number].source), {}
    first.body += [*needed(cell, functions), *cell.body[:-1]]
    exec(compile(first, "cells", "exec"), names)
    return eval(compile(ast.Expression(cell.body[-1].value), "cell", "eval"), names)


def write_recording(path: Path, number: int, names: list[str], folder: Path, most) -> float:
    """Record an explorer, under the name of each place that shows it; the seconds that it took."""
    from tools.pages.record import record

    began = time.monotonic()
    text = record(made(Page(path).notebook.cells, number), most)
    for name in names:
        (folder / f"{name}.js").write_text(f'recording("{name}", "{text}");\n', "utf-8")
    return time.monotonic() - began


def main(folder: Path, most: int | None = None):
    """Write everything, and say how far it is."""
    recordings, tasks = folder / "recordings", {}
    recordings.mkdir(parents=True, exist_ok=True)
    write_pages(folder)
    for path in NOTEBOOKS:
        page = Page(path)
        for number, name in page.explorers.items():
            source = page.notebook.cells[number].source
            everywhere = source.endswith("()")  # without arguments it is the same on every page
            key = source if everywhere else name
            tasks.setdefault(key, (path, number, []))[2].append(name)
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        futures = {
            pool.submit(write_recording, *task, recordings, most): task[2]
            for task in tasks.values()
        }
        for count, future in enumerate(as_completed(futures), 1):
            names = " and ".join(futures[future])
            print(f"{count}/{len(tasks)} explorer {names}: {future.result():.0f} s", flush=True)
