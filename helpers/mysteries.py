"""Runs with hidden settings, drawn from a seed alone."""

from dataclasses import dataclass, replace

from helpers.experiment import DEFAULTS, FIELDS, Experiment, History
from helpers.recipes import TOPICS, Recipe, look
from helpers.training import train, train_many

import numpy as np

OTHERS, ALIKE = 10, 8  # other seeds, and how many of these have to look as the recipe says


@dataclass(frozen=True, eq=False)
class Mystery:
    """A run, the recipe that it was drawn from, and all causes that its curves leave possible."""

    recipe: Recipe
    history: History
    causes: frozenset[str]

    @property
    def kind(self) -> str:
        """The kind of run."""
        return self.recipe.look[0]

    @property
    def fields(self) -> list[str]:
        """The settings worth telling: the rate, and those that are not Experiment's own."""
        given = vars(self.history.experiment)
        told = {"optimizer", "learning_rate", "scaled"}
        told |= {name for name in FIELDS if given[name] != DEFAULTS[name]} - {"seed"}
        return [name for name in FIELDS if name in told]


def causes_of(topic: str) -> list[str]:
    """What can be chosen from."""
    return list(dict.fromkeys(recipe.cause for recipe in TOPICS[topic]))


def mystery(topic: str, seed: int) -> Mystery:
    """The run of this seed: of as many seeds in a row as there are cards, each gets another card."""
    recipes = TOPICS[topic]
    cards = [recipe for recipe in recipes for _ in range(recipe.cards)]
    start, (deal, place) = list(TOPICS).index(topic), divmod(seed, len(cards))
    recipe = cards[np.random.default_rng([start, deal]).permutation(len(cards))[place]]
    rng = np.random.default_rng([start, deal, place])
    while (history := typical(recipe, recipe.draw(rng))) is None:
        pass
    causes = frozenset(other.cause for other in recipes if other.look == recipe.look)
    return Mystery(recipe, history, causes)


def typical(recipe: Recipe, experiment: Experiment) -> History | None:
    """The run, if it and most of those with other seeds look as the recipe says."""
    history = train(experiment)
    if look(history) != recipe.look:
        return None
    seeds = range(experiment.seed + 1, experiment.seed + 1 + OTHERS)
    others = train_many([replace(experiment, seed=seed) for seed in seeds])
    alike = sum(look(run) == recipe.look for run in others)
    return history if alike >= ALIKE else None
