"""The joint model against closed forms, an independent solver, limits and conservation."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from formulate.crystal_sizes import CrystalSizes
from formulate.dissolution import THICKEST_LAYER
from formulate.retention import joint

ML_PER_H = 1e-6 / 3600


def rates(**changes: float) -> joint.JointRates:
    """One draw of a plausible osteoarthritic knee, with what the test changes."""
    given = {
        "unbound_in_fluid": 0.5,
        "unbound_in_plasma": 0.3,
        "permeability_fluid": 200 * ML_PER_H,
        "permeability_blood": 200 * ML_PER_H,
        "lymph_flow": 2.3 * ML_PER_H,
        "albumin_reflection": 0.0,
        "resting_volume": 13.6e-6,
        "relaxation_time": 3 * 3600.0,
        "synovium_capacity": 15e-6,
        "plasma_volume": 0.1,
        "clearance": 40e-3 / 3600,
        "solubility": 0.013,
    } | {name: value for name, value in changes.items() if name not in ("injected_volume", "crystal_radius")}
    arrays = {name: np.array([value]) for name, value in given.items()}
    solid = {
        "diffusivity": 5.4e-10,
        "density": 1330.0,
        "exposed_share": 1.0,
    }
    sizes = CrystalSizes(np.array([changes.get("crystal_radius", 9e-6)]), thickest_layer=THICKEST_LAYER)
    crystals = joint.Crystals(**{name: np.array([value]) for name, value in solid.items()}, sizes=sizes)
    injections = ((0.0, changes.get("injected_volume", 5e-6)),)
    return joint.JointRates(**arrays, injections=injections, crystals=crystals)


def grid(horizon: float, count: int = 400, first: float = 10.0) -> np.ndarray:
    return np.concatenate([[0.0], np.geomspace(first, horizon, count)])


def arrivals(time: np.ndarray, fluid: float = 0.0, solid: float = 0.0) -> joint.Arrivals:
    nothing = np.zeros((1, len(time)))
    return joint.Arrivals(nothing + fluid, nothing, nothing, nothing + solid)


def test_protein_leaves_with_the_lymph_alone():
    # closed form: with no permeability and no injected volume, A = dose exp(-J t/V)
    time = grid(40 * 3600.0)
    constants = rates(permeability_fluid=1e-30, permeability_blood=1e-30, injected_volume=0.0)
    amounts = joint.solve(time, arrivals(time, fluid=1e-6), constants)
    expected = 1e-6 * np.exp(-2.3 * ML_PER_H / 13.6e-6 * time)
    assert amounts.fluid[0] == pytest.approx(expected, rel=5e-3)


def test_small_solute_half_life_of_the_published_closed_form():
    # t1/2 = ln2 V/(PS fu + J), with a synovium that holds nothing; PS from two halves in series
    time = grid(5 * 3600.0)
    constants = rates(injected_volume=0.0, synovium_capacity=1e-12)
    amounts = joint.solve(time, arrivals(time, fluid=1e-6), constants)
    rate = (100 * ML_PER_H * 0.5 + 2.3 * ML_PER_H) / 13.6e-6
    half_life = np.interp(-0.5e-6, -amounts.fluid[0], time)
    assert half_life == pytest.approx(np.log(2) / rate, rel=0.01)


def test_agrees_with_an_independent_stiff_solver():
    constants = rates()
    dose_fluid, dose_solid = 2e-6, 20e-6
    r = {
        name: float(value[0])
        for name in constants.__dataclass_fields__
        if isinstance(value := getattr(constants, name), np.ndarray)
    }
    r |= {"injected_volume": 5e-6, "diffusivity": 5.4e-10, "crystal_radius": 9e-6, "crystal_density": 1330.0}

    def slope(t, y):
        fluid, synovium, plasma, solid = y
        excess = r["injected_volume"] * np.exp(-t / r["relaxation_time"])
        volume, flow = r["resting_volume"] + excess, r["lymph_flow"] + excess / r["relaxation_time"]
        c_fluid = r["unbound_in_fluid"] * fluid / volume
        c_synovium = synovium / r["synovium_capacity"]
        c_plasma = r["unbound_in_plasma"] * plasma / r["plasma_volume"]
        share = max(solid, 0.0) / dose_solid
        radius = r["crystal_radius"] * share ** (1 / 3)
        layer = min(radius, 30e-6)
        coefficient = (
            3 * r["diffusivity"] * max(solid, 0.0) / (r["crystal_density"] * radius * layer) if share > 0 else 0
        )
        dissolving = coefficient * (r["solubility"] - c_fluid)
        across = r["permeability_fluid"] * (c_fluid - c_synovium)
        into_blood = r["permeability_blood"] * (c_synovium - c_plasma)
        drained = flow * fluid / volume
        return [
            dissolving - across - drained,
            across - into_blood,
            into_blood + drained - r["clearance"] / r["plasma_volume"] * plasma,
            -dissolving,
        ]

    exact = solve_ivp(
        slope, (0, 4 * 3600.0), [dose_fluid, 0, 0, dose_solid], method="LSODA", rtol=1e-9, atol=1e-16, dense_output=True
    )
    worst = []
    for count in (200, 800):
        time = grid(10 * 86400.0, count, 2000.0 / count)
        amounts = joint.solve(time, arrivals(time, dose_fluid, dose_solid), constants)
        early = (time > 300) & (time < 4 * 3600)
        ours = np.concatenate([amounts.fluid, amounts.synovium, amounts.plasma, amounts.solid])[:, early]
        error = np.abs(ours / exact.sol(time[early]) - 1)
        assert error.max() < 0.02
        worst.append(error.mean())
    assert worst[1] < 0.6 * worst[0], worst  # and it converges


def test_solid_holds_the_fluid_at_its_solubility():
    # far more solid than can leave: the unbound concentration stays near, and never above, the solubility
    time = grid(86400.0)
    constants = rates(crystal_radius=1e-6)
    amounts = joint.solve(time, arrivals(time, solid=200e-6), constants)
    unbound = 0.5 * amounts.fluid[0, -1] / 13.6e-6
    assert unbound == pytest.approx(0.013, rel=0.05)
    assert (0.5 * amounts.fluid[0] / 13.6e-6 <= 0.013 * 1.4).all()  # the fluid itself shrinks from 18.6 to 13.6 mL
    # zero-order loss: amount dissolved per hour = S (PS + J/fu) once the volume has settled
    expected = 0.013 * (100 * ML_PER_H + 2.3 * ML_PER_H / 0.5)
    late = time > 18 * 3600
    lost = -np.polyfit(time[late], (amounts.solid + amounts.fluid + amounts.synovium)[0, late], 1)[0]
    assert lost == pytest.approx(expected, rel=0.06)


def test_plasma_reaches_the_steady_state_of_a_constant_input():
    # input rate R into the joint ends as R/CL in plasma
    time = grid(20 * 86400.0)
    rate = 1e-12
    nothing = np.zeros((1, len(time)))
    amounts = joint.solve(time, joint.Arrivals(rate * time[None, :], nothing, nothing, nothing), rates())
    assert amounts.plasma[0, -1] / 0.1 == pytest.approx(rate / (40e-3 / 3600), rel=1e-3)


@settings(max_examples=40, deadline=None)
@given(
    fluid=st.floats(0, 1e-5),
    solid=st.floats(0, 1e-4),
    solubility=st.floats(1e-6, 10),
    fu=st.floats(1e-3, 1),
    permeability=st.floats(1e-3, 1e4),
    radius=st.floats(2e-7, 5e-5),
    count=st.integers(20, 120),
)
def test_mass_is_conserved_and_nothing_turns_negative(fluid, solid, solubility, fu, permeability, radius, count):
    time = grid(60 * 86400.0, count)
    constants = rates(
        solubility=solubility,
        unbound_in_fluid=fu,
        permeability_fluid=permeability * ML_PER_H,
        permeability_blood=permeability * ML_PER_H,
        crystal_radius=radius,
    )
    amounts = joint.solve(time, arrivals(time, fluid, solid), constants)
    total = amounts.fluid + amounts.synovium + amounts.plasma + amounts.solid + amounts.eliminated
    dose = fluid + solid
    assert total[0] == pytest.approx(np.full(len(time), dose), rel=1e-9, abs=1e-18)
    for part in (amounts.fluid, amounts.synovium, amounts.plasma, amounts.solid):
        assert part.min() >= -1e-9 * max(dose, 1e-12)


@settings(max_examples=20, deadline=None)
@given(factor=st.floats(0.1, 10))
def test_dissolved_drug_is_linear_in_the_dose(factor):
    time = grid(86400.0, 60)
    one = joint.solve(time, arrivals(time, fluid=1e-6), rates())
    many = joint.solve(time, arrivals(time, fluid=factor * 1e-6), rates())
    assert many.fluid == pytest.approx(factor * one.fluid, rel=1e-9, abs=1e-20)


def test_smaller_crystals_dissolve_sooner():
    time = grid(5 * 86400.0, 200)
    left = [
        joint.solve(time, arrivals(time, solid=1e-6), rates(crystal_radius=r)).solid[0, 60] for r in (1e-6, 5e-6, 2e-5)
    ]
    assert left[0] < left[1] < left[2]


def test_two_doses_are_the_sum_of_each_where_the_volume_stays():
    # superposition: without injected volume the joint is linear, and a later dose is the first one, later
    later = 2 * 86400.0
    time = np.unique(np.concatenate([grid(6 * 86400.0), later - 1.0 + grid(4 * 86400.0), [later]]))
    constants = rates(injected_volume=0.0)
    nothing = np.zeros((1, len(time)))
    ramp = np.interp(time, [later - 1.0, later], [0.0, 1.0])[None, :]
    first = joint.solve(time, joint.Arrivals(nothing + 1e-6, nothing, nothing, nothing), constants)
    second = joint.solve(time, joint.Arrivals(1e-6 * ramp, nothing, nothing, nothing), constants)
    both = joint.solve(time, joint.Arrivals(1e-6 * (1.0 + ramp), nothing, nothing, nothing), constants)
    for place in ("fluid", "synovium", "plasma", "eliminated"):
        summed = getattr(first, place) + getattr(second, place)
        assert getattr(both, place) == pytest.approx(summed, rel=1e-9, abs=1e-18)


def test_a_second_injection_dilutes_and_flushes():
    # what lymph alone carries off: A = dose exp(-K), K the turnovers of both injections
    from formulate.retention.fluid import drained_turnovers

    later = 6 * 3600.0
    time = np.unique(np.concatenate([grid(48 * 3600.0, 600), [later - 1.0, later], later + grid(36 * 3600.0, 600)]))
    injections = ((0.0, 5e-6), (later, 5e-6))
    one = rates(permeability_fluid=1e-30, permeability_blood=1e-30)
    constants = replace(one, injections=injections)
    amounts = joint.solve(time, arrivals(time, fluid=1e-6), constants)
    turnovers = drained_turnovers(time, 13.6e-6, [5e-6, 5e-6], 3 * 3600.0, 2.3 * ML_PER_H, [0.0, later])
    assert amounts.fluid[0] == pytest.approx(1e-6 * np.exp(-turnovers), rel=5e-3)


def test_drug_in_plasma_and_joint_ends_at_one_unbound_concentration():
    # nothing eliminated: unbound drug levels out between plasma, synovium and fluid, albumin or not
    from formulate.retention.permeability import filtration_clearance, unbound_fraction_in_fluid

    fu_plasma = np.array([0.1])
    fu = unbound_fraction_in_fluid(fu_plasma, 0.5)
    flow = np.array([2.3 * ML_PER_H])
    constants = replace(
        rates(unbound_in_fluid=float(fu[0]), unbound_in_plasma=0.1, clearance=1e-30, injected_volume=0.0),
        filtration=filtration_clearance(flow, 1.0, fu_plasma, fu, 1.0),
    )
    time = grid(200 * 86400.0)
    nothing = np.zeros((1, len(time)))
    amounts = joint.solve(time, joint.Arrivals(nothing, nothing, nothing + 1e-3, nothing), constants)
    in_fluid = fu[0] * amounts.fluid[0, -1] / 13.6e-6
    in_plasma = 0.1 * amounts.plasma[0, -1] / 0.1
    assert in_fluid == pytest.approx(in_plasma, rel=1e-9)
    assert amounts.synovium[0, -1] / 15e-6 == pytest.approx(in_plasma, rel=1e-9)


def test_a_protein_from_plasma_ends_at_the_entry_ratio():
    from formulate.retention.permeability import filtration_clearance

    one = np.array([1.0])
    constants = replace(
        rates(unbound_in_fluid=1.0, unbound_in_plasma=1.0, permeability_fluid=1e-30, permeability_blood=1e-30,
              clearance=1e-30, injected_volume=0.0),
        filtration=filtration_clearance(np.array([2.3 * ML_PER_H]), 1.0, one, one, 0.4),
    )  # fmt: skip
    time = grid(200 * 86400.0)
    nothing = np.zeros((1, len(time)))
    amounts = joint.solve(time, joint.Arrivals(nothing, nothing, nothing + 1e-3, nothing), constants)
    assert amounts.fluid[0, -1] / 13.6e-6 == pytest.approx(0.4 * amounts.plasma[0, -1] / 0.1, rel=1e-6)


def test_solid_without_crystals_is_a_bug():
    time = grid(3600.0, 10)
    with pytest.raises(ValueError, match="crystals"):
        joint.solve(time, arrivals(time, solid=1e-6), replace(rates(), crystals=None))


def test_draws_do_not_meet():
    # solid that lasts, solid that is soon gone, and none; small and large steps: together as each alone
    from formulate.retention.cartilage_uptake import CartilageRates, ModeUptake

    slab = CartilageRates(*(np.array([value]) for value in (1.2e-2, 1.8e-3, 1e-10, 0.8, 0.0)))
    one = replace(rates(), cartilage=ModeUptake(slab))
    constants = one.rows(np.zeros(3, dtype=np.intp))
    time = grid(90 * 86400.0, 60)
    fluid, solid = np.array([[1e-7], [1e-7], [1e-5]]), np.array([[3e-5], [2e-8], [0.0]])
    nothing = np.zeros((3, len(time)))
    together = joint.solve(time, joint.Arrivals(nothing + fluid, nothing, nothing, nothing + solid), constants, (30,))
    for draw in range(3):
        came = arrivals(time, float(fluid[draw, 0]), float(solid[draw, 0]))
        alone = joint.solve(time, came, one, (30,))
        for place in ("fluid", "synovium", "plasma", "solid", "cartilage", "eliminated"):
            assert getattr(together, place)[draw] == pytest.approx(getattr(alone, place)[0], rel=1e-9, abs=1e-30)
        assert together.cartilage_parts[30][:, draw] == pytest.approx(alone.cartilage_parts[30][:, 0], rel=1e-9)


@pytest.mark.parametrize("cells", [False, True])
def test_carriers_do_not_meet(cells: bool):
    # dissolved drug, solid drug in some draws, and drug in blood: together as each alone
    from formulate.retention.cartilage_uptake import CartilageRates, CellUptake, ModeUptake

    kind = CellUptake if cells else ModeUptake
    sites = (3e-3, 1e-5) if cells else ()
    slab = CartilageRates(*(np.array([value]) for value in (1.2e-2, 1.8e-3, 1e-10, 0.8, 0.0, *sites)))
    constants = replace(rates(), cartilage=kind(slab)).rows(np.zeros(2, dtype=np.intp))
    time = grid(90 * 86400.0, 60)
    nothing, given = np.zeros((2, len(time))), np.array([[1e-7], [1e-5]])
    solid = np.array([[3e-5], [0.0]])
    came = [
        joint.Arrivals(nothing + given, nothing, nothing, nothing),
        joint.Arrivals(nothing, nothing + given, nothing, nothing + solid),
        joint.Arrivals(nothing, nothing, given * np.linspace(0.0, 1.0, len(time)), nothing),
    ]
    together = joint.solve_all(time, came, constants, (30,))
    for one, found in zip(came, together, strict=True):
        alone = joint.solve(time, one, constants, (30,))
        for place in ("fluid", "synovium", "plasma", "solid", "cartilage", "eliminated"):
            assert getattr(found, place) == pytest.approx(getattr(alone, place), rel=1e-5, abs=1e-18)
        assert found.cartilage_parts[30] == pytest.approx(alone.cartilage_parts[30], rel=1e-5, abs=1e-18)


def test_some_of_the_draws_have_their_own_crystals():
    sizes = CrystalSizes(np.array([2e-6, 4e-6, 8e-6]), np.array([1.5, 2.0, 2.5]), THICKEST_LAYER)
    solid = joint.Crystals(np.full(3, 5e-10), sizes, np.full(3, 1330.0), np.ones(3))
    picked = replace(rates().rows(np.zeros(3, dtype=np.intp)), crystals=solid).rows(np.array([2]))
    assert picked.crystals is not None
    assert picked.crystals.sizes.radius == pytest.approx([8e-6])
    left = np.array([[0.9, 0.5, 0.1], [0.4, 0.4, 0.4]])  # of two carriers
    assert sizes.rate(left)[1] == pytest.approx(sizes.rate(left[1]))
    assert picked.crystals.sizes.rate(left[:, 2:]) == pytest.approx(sizes.rate(left)[:, 2:])


def cartilage_of(draws: int):
    from formulate.retention.cartilage_uptake import CartilageRates, ModeUptake

    return ModeUptake(CartilageRates(*(np.full(draws, value) for value in (1.2e-2, 1.8e-3, 1e-10, 0.8, 0.0))))


def test_a_draw_that_needs_coarse_steps_is_stepped_alike_alone_and_among_many():
    # one draw leaves so fast that fine steps would fall below zero; alone it is all there is, here one of 64
    draws = 64
    slow = replace(rates().rows(np.zeros(draws, dtype=np.intp)), cartilage=cartilage_of(draws))
    clearance = np.where(np.arange(draws) == 7, 4e-2, slow.clearance)
    permeability = np.where(np.arange(draws) == 7, 1e5 * ML_PER_H, slow.permeability_fluid)
    constants = replace(slow, clearance=clearance, permeability_fluid=permeability, permeability_blood=permeability)
    time = grid(90 * 86400.0, 60)
    nothing = np.zeros((draws, len(time)))
    came = joint.Arrivals(nothing + 1e-6, nothing, nothing, nothing + 1e-6)
    many = joint.solve(time, came, constants, (30,))
    few = np.array([7])
    alone = joint.solve(time, joint.Arrivals(*(getattr(came, name)[few] for name in vars(came))), constants.rows(few))
    for place in ("fluid", "synovium", "plasma", "solid", "cartilage", "eliminated"):
        assert getattr(many, place)[7] == pytest.approx(getattr(alone, place)[0], rel=1e-9, abs=1e-21), place
        assert getattr(many, place).min() > -1e-18


def test_mass_of_every_carrier_is_conserved_to_the_last_digits():
    # solid, dissolved and systemic drug side by side, cartilage included, over steps from seconds to days
    draws = 8
    spread = np.geomspace(0.1, 10.0, draws)
    one = rates().rows(np.zeros(draws, dtype=np.intp))
    constants = replace(one, cartilage=cartilage_of(draws), clearance=one.clearance * spread)
    time = grid(90 * 86400.0, 80)
    nothing, slowly = np.zeros((draws, len(time))), np.broadcast_to(1.0 - np.exp(-time / 6e5), (draws, len(time)))
    came = [
        joint.Arrivals(nothing + 1e-6, nothing, nothing, nothing),
        joint.Arrivals(1e-6 * slowly, 2e-6 * slowly, 1e-7 * slowly, 5e-6 * slowly),
        joint.Arrivals(nothing, nothing, 1e-6 * slowly, nothing),
    ]
    for given_, found in zip(came, joint.solve_all(time, came, constants), strict=True):
        arrived = given_.fluid + given_.synovium + given_.plasma + given_.solid
        places = ("fluid", "synovium", "plasma", "solid", "cartilage", "eliminated", "broken_down")
        total = sum(getattr(found, place) for place in places)
        assert np.abs(total - arrived).max() < 1e-12 * arrived.max()
