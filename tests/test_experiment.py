"""Experiment refuses what has no meaning, in a sentence that says what has."""

import dataclasses
import re
from fractions import Fraction

from helpers import Experiment
from helpers.experiment import DEFAULTS, KINDS, without_effect
from helpers.fields import Choice, Number, Switch
from helpers.optimizers import SETTINGS

import numpy as np
import pytest

NUMBERS = [name for name, kind in KINDS.items() if isinstance(kind, Number)]
WHOLE = {"patience", "epochs", "batch_size", "hidden", "seed", "warmup"}
NOT_ZERO = {
    *("learning_rate", "factor", "patience", "epochs", "batch_size", "hidden", "final_fraction")
}
NEVER_NUMBERS = ["0.1", "", b"1", [1], (1,), {}, object, 1j, True, np.True_, np.array([1.0])]
NEVER_VALID = [float("nan"), np.float32("nan"), float("inf"), -float("inf"), -1, 1e12, 10**400]


def bad_values():
    for field in NUMBERS:
        yield from ((field, value) for value in NEVER_NUMBERS + NEVER_VALID)
        if field != "patience":
            yield field, None
        if field in NOT_ZERO:
            yield from ((field, zero) for zero in (0, 0.0, np.int64(0)))
        if field in WHOLE:
            yield from ((field, 1.5), (field, np.float32(2.5)))
    yield from (("momentum", 1), ("momentum", 1.0), ("factor", 1), ("seed", 2**32))
    for field in (name for name, kind in KINDS.items() if isinstance(kind, Choice)):
        yield from ((field, value) for value in ("SGD", "", "nadam", None, 1, ["sgd"], b"sgd"))
    for field in (name for name, kind in KINDS.items() if isinstance(kind, Switch)):
        yield from ((field, value) for value in (0, 1, None, "True", np.int64(1), [True]))
    schedules = [
        None,
        "constant",
        "Cosine",
        b"cosine",
        5,
        "1",
        (1, 0.1),
        ((1,),),
        ((0, 0.1),),
        ((200, 0.1),),
        ((2, 0.1), (2, 0.2)),
    ]
    schedules += [((5, 0.1), (2, 0.1)), ((1.5, 0.1),), ((1, 0),), ((1, float("nan")),), ((1, "a"),)]
    yield from (("schedule", value) for value in schedules)


@pytest.mark.parametrize(("field", "value"), list(bad_values()))
def test_a_bad_value_is_refused_in_one_sentence(field, value):
    with pytest.raises(ValueError, match=f"^{field} is ") as refusal:
        Experiment(**{field: value})
    sentence = str(refusal.value)
    shown = repr(value.item() if isinstance(value, np.generic) else value)
    assert shown[:40] in sentence
    assert ", but must be " in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert len(sentence) < 250


@pytest.mark.parametrize("name", NUMBERS)
def test_the_sentence_names_the_bounds(name):
    kind = KINDS[name]
    for bounds in re.findall(r"from ([\d.e-]+) to ([\d.e-]+)", kind.allowed):
        assert tuple(map(float, bounds)) == (kind.smallest, kind.largest)


@pytest.mark.parametrize(
    ("first", "second", "fields"),
    [
        ("momentum", "adam", {"momentum": 0.9, "optimizer": "adam"}),
        ("momentum", "rmsprop", {"momentum": 0.9, "optimizer": "rmsprop"}),
        ("momentum", "adagrad", {"momentum": 0.9, "optimizer": "adagrad"}),
        ("decay", "patience", {"decay": 0.1, "patience": 5}),
        ("decay", "schedule", {"decay": 0.1, "schedule": ((5, 0.1),)}),
        ("schedule", "patience", {"schedule": ((5, 0.1),), "patience": 5}),
        ("initial_accumulator", "sgd", {"initial_accumulator": 0.0}),
        ("nesterov", "adam", {"nesterov": True, "optimizer": "adam"}),
        ("weight_decay", "sgd", {"weight_decay": 0.1}),
        ("weight_decay", "adam", {"weight_decay": 0.1, "optimizer": "adam"}),
        ("decay", "cosine", {"decay": 0.1, "schedule": "cosine"}),
        ("schedule", "patience", {"schedule": "one-cycle", "patience": 5}),
        ("warmup", "patience", {"warmup": 5, "patience": 5}),
        ("warmup", "epochs", {"warmup": 20, "epochs": 20}),
        ("schedule", "from 10", {"schedule": ((5, 0.1),), "warmup": 10}),
    ],
)
def test_fields_that_contradict_each_other_are_both_named(first, second, fields):
    with pytest.raises(ValueError, match=f"{first} is .*{second}") as refusal:
        Experiment(**fields)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("field", "given", "stored"),
    [
        ("learning_rate", 1, 1.0),
        ("learning_rate", np.float32(0.5), 0.5),
        ("learning_rate", Fraction(1, 4), 0.25),
        ("momentum", 0, 0.0),
        ("momentum", np.float64(0.9), 0.9),
        ("decay", np.int64(1), 1.0),
        ("patience", np.int32(5), 5),
        ("patience", 5.0, 5),
        ("patience", None, None),
        ("epochs", np.float64(20.0), 20),
        ("seed", np.uint32(2**32 - 1), 2**32 - 1),
        ("optimizer", np.str_("adam"), "adam"),
        ("min_lr", 0, 0.0),
        ("warmup", 3.0, 3),
        ("scaled", np.True_, True),
        ("schedule", np.str_("cosine"), "cosine"),
        ("schedule", [[np.int64(3), np.float32(0.5)], (7.0, 1)], ((3, 0.5), (7, 1.0))),
    ],
)
def test_values_that_mean_a_valid_number_become_plain_python(field, given, stored):
    value = getattr(Experiment(**{field: given}), field)
    assert value == stored
    assert isinstance(value, str) or type(value) is type(stored)


def test_an_experiment_is_a_value():
    experiment = Experiment(learning_rate=0.1)
    assert experiment == Experiment(learning_rate=np.float64(0.1))
    assert len({experiment, Experiment(learning_rate=0.1)}) == 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        experiment.learning_rate = 0.2


def test_defaults_are_those_of_the_lesson():
    e = Experiment()
    assert (e.optimizer, e.learning_rate, e.momentum, e.decay) == ("sgd", 0.01, 0.0, 0.0)
    assert (e.patience, e.factor, e.min_delta, e.monitor) == (None, 0.1, 1e-7, "val_loss")
    assert (e.epochs, e.batch_size, e.hidden, e.seed) == (200, 32, 50, 0)
    assert (e.problem, e.scaled, e.schedule, e.warmup, e.min_lr) == ("blobs", False, (), 0, 0.0)
    assert (e.nesterov, e.weight_decay, e.initial_accumulator) == (False, 0.004, 0.1)


@pytest.mark.parametrize("value", [1 / 3, 0.0123456789, np.nextafter(0.1, 1), 5e-12])
def test_a_number_is_kept_exactly(value):
    assert Experiment(learning_rate=value).learning_rate == value


@pytest.mark.parametrize(
    ("moved", "idle", "working"),
    [
        (
            {},
            {"factor", "min_lr", "final_fraction", "weight_decay"},
            {"decay", "patience", "warmup"},
        ),
        ({"optimizer": "adamw"}, {"momentum", "nesterov"}, {"weight_decay"}),
        ({"patience": 5}, {"decay", "warmup"}, {"factor", "min_delta", "min_lr"}),
        ({"schedule": "cosine"}, {"decay", "patience"}, {"final_fraction", "warmup"}),
        ({"schedule": ((5, 0.1),)}, {"decay", "patience", "final_fraction"}, {"warmup"}),
        ({"schedule": "cosine", "patience": 5}, {"patience", "factor"}, {"warmup"}),
    ],
)
def test_fields_without_effect(moved, idle, working):
    found = without_effect({**DEFAULTS, **moved})
    assert idle <= found
    assert not working & found
    assert {
        name for name, owner in SETTINGS.items() if owner != moved.get("optimizer", "sgd")
    } <= found
    # What has no effect may be left at its default beside the others: they mean an experiment then.
    values = {**DEFAULTS, **moved}
    Experiment(**{name: value for name, value in values.items() if name not in found})
