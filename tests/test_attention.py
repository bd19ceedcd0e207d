"""Work follows attention: what a busy machine leaves for later, and what runs only while somebody looks."""

import asyncio
from collections import deque

from helpers import explore, train
from helpers.pictures import RegionsScene, regions_picture
from helpers.widgets import in_class, regions, seeds
from helpers.widgets.in_class import Settings, settings_of
from helpers.widgets.pace import PACE, RECENT, Pace
from tests.frames import item, names
from tests.test_explorer import (
    QUICK,
    assert_whole,
    figure_of,
    find,
    frame_of,
    fresh,  # noqa: F401
    is_in_tree,
    rested,
    slider_of,
    title_of,
)

import pytest


class Machine:
    """Clocks of a machine on which runs wait as long as a test wants."""

    def __init__(self):
        self.wall, self.used, self.waits, self.trained = 0.0, 0.0, 0.0, []

    def run(self):
        self.wall, self.used = self.wall + 0.01 + self.waits, self.used + 0.01

    def train(self, experiment, **settings):
        self.run()
        self.trained.append(experiment)
        return train(experiment, **settings)

    def be(self, busy: bool):
        self.wall += 2 * RECENT  # what was is forgotten
        self.waits = 0.1 if busy else 0.0
        PACE.timed(self.run)  # one alone decides nothing


@pytest.fixture
def machine(monkeypatch):
    machine = Machine()
    monkeypatch.setattr(in_class, "SETTINGS", Settings())
    monkeypatch.setattr(PACE, "wall", lambda: machine.wall)
    monkeypatch.setattr(PACE, "used", lambda: machine.used)
    monkeypatch.setattr(PACE, "runs", deque())
    for name in ("explorer", "seeds"):
        monkeypatch.setattr(f"helpers.widgets.{name}.train", machine.train)
    monkeypatch.setattr(seeds, "REST", 0)
    monkeypatch.setattr(seeds, "PAUSE", 0.01)
    monkeypatch.setattr(regions, "REST", 0)
    return machine


# Busy or not


def test_a_machine_is_busy_where_runs_wait_longer_than_they_compute(monkeypatch):
    monkeypatch.setattr(in_class, "SETTINGS", Settings())
    now = {"wall": 0.0, "used": 0.0}
    pace = Pace(lambda: now["wall"], lambda: now["used"])

    def run(wall, used):
        now["wall"] += wall
        now["used"] += used
        return "done"

    assert not pace.busy, "nothing is known yet"
    assert pace.timed(run, 0.01, 0.0) == "done"
    assert not pace.busy, "a clock may be too coarse for one run"
    pace.timed(run, 0.04, 0.01)
    assert not pace.busy, "one that waits may be a pause"
    pace.timed(run, 0.04, 0.01)
    assert pace.busy
    pace.timed(run, 0.5, 0.6)
    assert not pace.busy, "they waited less than they computed, in all"
    pace.timed(run, 3.0, 0.1)
    assert not pace.busy, "a pause, however long"
    pace.timed(run, 1.0, 0.1)
    assert pace.busy
    now["wall"] += 7
    assert pace.busy, "from one burst of three seconds in ten to the next"
    now["wall"] += 2 * RECENT
    assert not pace.busy, "what was is forgotten"
    monkeypatch.setattr(in_class, "SETTINGS", Settings(busy="always"))
    assert pace.busy
    pace.timed(run, 1.0, 0.1)
    monkeypatch.setattr(in_class, "SETTINGS", Settings(busy="never"))
    assert not pace.busy


# Decision regions


def regions_of(history):
    return regions_picture().draw(RegionsScene(history, QUICK["epochs"])).frame


def shown(explorer):
    return find(explorer, "explorer-regions").frame


def test_a_busy_machine_draws_regions_when_the_slider_rests(machine, fresh):  # noqa: F811
    async def main():
        explorer = explore("learning_rate", **QUICK)
        find(explorer, "explorer-seeds").value = 0
        slider, first = slider_of(explorer, "learning_rate"), explorer.history
        slider.value = 0.3
        assert shown(explorer) == regions_of(explorer.history), "on a quiet machine at once"
        quiet = explorer.history
        machine.be(busy=True)
        for rate in (0.1, 0.001):
            slider.value = rate
            assert_whole(explorer, fresh)
            accuracy = f"test accuracy {100 * quiet.val_accuracy[-1]:.0f} %"
            assert title_of(shown(explorer)) == f"an earlier run: {accuracy}"
            kept, before = (item(f, "regions") for f in (shown(explorer), regions_of(quiet)))
            assert kept["indexes"].tobytes() == before["indexes"].tobytes()
        still = explorer._repr_mimebundle_()["image/png"]
        await rested(explorer, lambda: not explorer.state.regions_of)
        assert shown(explorer) == regions_of(explorer.history)
        assert explorer._repr_mimebundle_()["image/png"] == still, "a still picture never waits"
        slider.value = 0.2
        machine.be(busy=False)
        slider.value = 0.02
        assert shown(explorer) == regions_of(explorer.history)
        machine.be(busy=True)
        slider.value = 0.2
        explorer.reset()
        assert shown(explorer) == regions_of(first)
        assert_whole(explorer, fresh)
        explorer.close()

    asyncio.run(main())


def test_regions_of_an_old_run_are_dropped(machine, monkeypatch):
    machine.be(busy=True)
    monkeypatch.setattr(regions, "REST", 600)

    async def main():
        explorer = explore("learning_rate", **QUICK)
        slider = slider_of(explorer, "learning_rate")
        slider.value = 0.1
        old, task = explorer.history, explorer.regions.later.task
        slider.value = 0.2
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()
        before = shown(explorer)
        explorer.attempt(explorer.regions._followed, old)  # had it been too late for that
        assert shown(explorer) == before
        assert title_of(before).startswith("an earlier run: ")
        find(explorer, "control-epoch").value = 3
        assert title_of(shown(explorer)).startswith("epoch 3: ")
        slider.value = 0.3
        find(explorer, "explorer-show-regions").value = False
        find(explorer, "explorer-show-regions").value = True
        assert shown(explorer) == regions_of(explorer.history)
        slider.value = 0.2
        task = explorer.regions.later.task
        explorer.close()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()

    asyncio.run(main())


def test_without_an_event_loop_nothing_is_left(machine):
    machine.be(busy=True)
    explorer = explore("learning_rate", **QUICK)
    for rate in (0.1, 0.2):
        slider_of(explorer, "learning_rate").value = rate
        assert PACE.busy
        assert shown(explorer) == regions_of(explorer.history)


def test_regions_of_another_problem_are_never_those_of_this_one(machine):
    machine.be(busy=True)

    async def main():
        explorer = explore("problem", **QUICK)
        find(explorer, "explorer-show-regions").value = True
        for problem, visible in [("moons", True), ("digits", False), ("blobs", False)]:
            find(explorer, "control-problem").value = problem
            assert is_in_tree(explorer, explorer.regions.figure) == visible
            if visible:
                assert title_of(shown(explorer)).startswith("an earlier run: ")
            await rested(explorer, lambda: not explorer.state.regions_of)
        assert shown(explorer) == regions_of(explorer.history)
        explorer.close()

    asyncio.run(main())


# More seeds


def note_of(explorer) -> str:
    return item(frame_of(explorer), "seeds")["text"]


def test_a_busy_machine_trains_few_seeds_and_says_so(machine, fresh):  # noqa: F811
    machine.be(busy=True)

    async def main():
        explorer = explore("seed", **QUICK)
        await rested(explorer, lambda: explorer.state.band)
        assert note_of(explorer).startswith("4 of 11 runs, as the machine is busy: ")
        await asyncio.sleep(0.05)
        assert len(explorer.state.band) == 4
        machine.wall += 2 * RECENT  # two more are tried, and wait again
        await rested(explorer, lambda: len(explorer.state.band) > 4)
        assert note_of(explorer).startswith("6 of 11 runs, ")
        assert_whole(explorer, fresh)
        machine.be(busy=False)
        await rested(explorer, lambda: len(explorer.state.band) > 6)
        assert note_of(explorer).startswith("this run and 10 more seeds: ")
        assert [run.experiment.seed for run in explorer.state.band] == [*range(11)]
        assert len(set(machine.trained)) == len(machine.trained)
        explorer.close()

    asyncio.run(main())


def test_more_seeds_wait_while_nobody_looks_and_go_on(machine):
    async def main():
        explorer = explore("seed", **QUICK)
        figure_of(explorer).set_state({"looked_at": False})
        slider_of(explorer, "seed").value = 5
        await asyncio.sleep(0.05)
        assert len(machine.trained) == 2
        assert "accuracy band" not in names(frame_of(explorer))
        machine.be(busy=True)
        figure_of(explorer).set_state({"looked_at": True})
        await rested(explorer, lambda: explorer.state.band)
        figure_of(explorer).set_state({"looked_at": False})
        machine.be(busy=False)
        await asyncio.sleep(0.05)
        assert len(explorer.state.band) == 4
        figure_of(explorer).set_state({"looked_at": True})
        await rested(explorer, lambda: len(explorer.state.band) == 11)
        assert len(machine.trained) == 2 + 10, "none was trained twice"
        figure_of(explorer).set_state({"looked_at": False})
        assert "accuracy band" in names(frame_of(explorer)), "what is there stays"
        explorer.close()

    asyncio.run(main())


# What a teacher sets


def test_a_teacher_sets_what_explorers_begin_with(monkeypatch):
    settings = settings_of("seeds=3 regions=off")
    assert settings == Settings(3, False, "auto")
    monkeypatch.setattr(in_class, "SETTINGS", settings)
    explorer = explore("learning_rate", **QUICK)
    assert find(explorer, "explorer-seeds").value == 3
    assert "3" in [label for label, _ in find(explorer, "explorer-seeds").options]
    assert not find(explorer, "explorer-show-regions").value
    find(explorer, "explorer-show-regions").value = True
    find(explorer, "explorer-seeds").value = 20
    assert (explorer.state.regions, explorer.state.seeds) == (True, 20)


@pytest.mark.parametrize(
    ("words", "settings"),
    [("", Settings()), (" busy=always", Settings(busy="always")), ("seeds=0", Settings(seeds=0))],
)
def test_settings_of_a_class(words, settings):
    assert settings_of(words) == settings


@pytest.mark.parametrize(
    "word", ["seeds=31", "seeds=-1", "seeds=", "seeds", "regions=yes", "speed=3", "=", "seeds=3,"]
)
def test_a_setting_that_means_nothing_gets_a_sentence_and_changes_nothing(
    word, monkeypatch, capsys
):
    monkeypatch.setenv("LESSON_CLASS", f"regions=off {word}")
    assert in_class.read() == Settings()
    said = capsys.readouterr().out
    assert said.startswith(f"LESSON_CLASS has {word!r}, but may have: seeds=0 to seeds=30, ")
    assert said.count("\n") == 1
