"""A glance at few times reads the same numbers as a calculation with typical values."""

import tomllib

import pytest

from formulate.examples import text
from formulate.formulation import Formulation, build
from formulate.pipeline import predict_each
from formulate.sampling import Glance, TypicalDraw


@pytest.mark.parametrize("name", ["dasatinib-microspheres-in-gel", "triamcinolone-disc"])
def test_a_glance_reads_the_same_numbers(name):
    formulation = build(Formulation, tomllib.loads(text(f"{name}.toml")), name)
    whole, glance = (predict_each(formulation, draws)[0] for draws in (TypicalDraw(), Glance()))
    assert glance.case.time.size < 0.25 * whole.case.time.size
    assert [(item.key, item.value) for item in glance.inputs] == [(item.key, item.value) for item in whole.inputs]
