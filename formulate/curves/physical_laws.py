"""Physical laws with one rate: Fick in four shapes, suspended drug, membranes, dissolving and eroding bodies."""

from formulate.curves import physical_shapes as shapes
from formulate.curves.model import Parameter
from formulate.curves.physical_law import (
    DENSITIES,
    LOADED,
    OPEN_FACES,
    RADIUS,
    SIZE,
    SOLUBILITY,
    THICKNESS,
    Constant,
    depth,
    one_rate,
    saturation,
)

CRANK = "Crank 1975, The Mathematics of Diffusion, Clarendon Press"
HIGUCHI_1961 = "Higuchi 1961, J. Pharm. Sci. 50, 874"
BAKER_1974 = "Baker and Lonsdale 1974, in Controlled Release of Biologically Active Agents, Plenum Press, 15"
HIXSON_1931 = "Hixson and Crowell 1931, Ind. Eng. Chem. 23, 923"
HIESTAND_1963 = "Higuchi and Hiestand 1963, J. Pharm. Sci. 52, 67 (equation rederived)"
HOPFENBERG_1976 = "Hopfenberg 1976, in Controlled Release Polymeric Formulations, ACS Symp. Ser. 33, 26"

FICK = "even load, all of it dissolved, constant D, perfect sink, no swelling"

DIFFUSIVITY = Parameter("D", "diffusion coefficient of the drug in the body", "m**2/s")
PERMEABILITY = Parameter("P", "permeability of the membrane, by the concentration inside", "m/s")
EROSION = Parameter("k0", "drug set free per area of the eroding surface and time", "kg/m**2/s")
LENGTH = Constant("length", "length of the cylinder", "m", *SIZE)
AREA_PER_VOLUME = Constant("area_per_volume", "area of the membrane over the volume inside", "1/m", 1e-3, 1e11)
DENSITY = Constant("density", "density of the drug particles", "kg/m**3", 1.0, 25_000.0)
LAYER = Constant("layer_thickness", "thickness of the diffusion layer around the particles", "m", *SIZE)
ONE_FACE = Constant(
    "open_faces", "faces through which drug leaves, 1 (as in Higuchi's ointment) or 2", "", 1.0, 2.0, 1.0
)
IN_MEDIUM = Constant("solubility", "drug that dissolves per volume of the medium, cs", "kg/m**3", *DENSITIES)
IN_MEDIUM_DIFFUSIVITY = Parameter("D", "diffusion coefficient of the drug in the medium", "m**2/s")

LAWS = (
    *one_rate(
        "fick_sphere",
        "Diffusion from a sphere",
        "F = 100 {1 - 6/pi^2 sum_n exp(-n^2 pi^2 D t/R^2)/n^2}",
        (RADIUS,),
        DIFFUSIVITY,
        lambda c: 1.0 / c["radius"] ** 2,
        lambda c: shapes.SPHERE,
        FICK,
        CRANK,
        burst=True,
    ),
    *one_rate(
        "fick_slab",
        "Diffusion from a slab",
        "F = 100 {1 - 8/pi^2 sum_n exp(-(2n + 1)^2 pi^2 D t/(4 L^2))/(2n + 1)^2}, L = thickness/open_faces",
        (THICKNESS, OPEN_FACES),
        DIFFUSIVITY,
        lambda c: 1.0 / depth(c) ** 2,
        lambda c: shapes.SLAB,
        f"{FICK}; edges are closed or far away",
        CRANK,
        burst=True,
    ),
    *one_rate(
        "fick_cylinder",
        "Diffusion from a long cylinder",
        "F = 100 {1 - 4 sum_n exp(-a_n^2 D t/R^2)/a_n^2}, a_n the zeros of J0",
        (RADIUS,),
        DIFFUSIVITY,
        lambda c: 1.0 / c["radius"] ** 2,
        lambda c: shapes.CYLINDER,
        f"{FICK}; the ends are closed or far away",
        CRANK,
        burst=True,
    ),
    *one_rate(
        "fick_tablet",
        "Diffusion from a cylinder open all round",
        "F = 100 {1 - [1 - Fside] [1 - Fends]}, Fside that of a long cylinder, Fends of a slab, as shares",
        (RADIUS, LENGTH),
        DIFFUSIVITY,
        lambda c: 1.0 / c["radius"] ** 2,
        lambda c: shapes.short_cylinder((2.0 * c["radius"] / c["length"]) ** 2),
        FICK,
        f"{CRANK} (product of solutions)",
        burst=True,
    ),
    *one_rate(
        "higuchi_slab",
        "Suspended drug in a slab (Higuchi)",
        "F = 100 sqrt[D (2 c0 - cs) cs t]/(c0 L) while solid drug is left, then the rest by diffusion; "
        "L = thickness/open_faces",
        (THICKNESS, LOADED, SOLUBILITY, ONE_FACE),
        DIFFUSIVITY,
        lambda c: saturation(c, "fick_slab") / depth(c) ** 2,
        lambda c: shapes.suspension_slab(saturation(c, "fick_slab")),
        "more drug than dissolves in the matrix (cs is the solubility in it), fast dissolution, steady gradient behind "
        "the front, perfect sink",
        f"{HIGUCHI_1961}; after the front by separation of variables",
    ),
    *one_rate(
        "baker_lonsdale_sphere",
        "Suspended drug in a sphere (Baker-Lonsdale)",
        "3/2 [1 - (1 - F/100)^(2/3)] - F/100 = 3 D cs t/(R^2 c0)",
        (RADIUS, LOADED, SOLUBILITY),
        DIFFUSIVITY,
        lambda c: 3.0 * saturation(c, "fick_sphere") / c["radius"] ** 2,
        lambda c: shapes.DISSOLVING_FRONT,
        "far more drug than dissolves in the matrix (15 % fast at c0 = 2 cs), steady gradient behind the front, "
        "perfect sink",
        BAKER_1974,
    ),
    *one_rate(
        "membrane_sphere",
        "Release through the membrane of a vesicle or capsule",
        "F = 100 [1 - exp(-3 P t/R)]",
        (RADIUS,),
        PERMEABILITY,
        lambda c: 3.0 / c["radius"],
        lambda c: shapes.EXPONENTIAL,
        "all drug dissolved inside, no binding, the membrane is the only resistance, perfect sink",
        "flux balance on the core",
        burst=True,
    ),
    *one_rate(
        "membrane",
        "Release through a membrane around any volume",
        "F = 100 [1 - exp(-P (A/V) t)]",
        (AREA_PER_VOLUME,),
        PERMEABILITY,
        lambda c: c["area_per_volume"],
        lambda c: shapes.EXPONENTIAL,
        "all drug dissolved inside, no binding, the membrane is the only resistance, perfect sink",
        "flux balance on the core",
        burst=True,
    ),
    *one_rate(
        "membrane_saturated",
        "Release through a membrane from a core with solid drug",
        "F = 100 P (A/V) (cs/c0) t while solid drug is left, then the rest by first order",
        (AREA_PER_VOLUME, LOADED, SOLUBILITY),
        PERMEABILITY,
        lambda c: saturation(c, "membrane") * c["area_per_volume"],
        lambda c: shapes.saturated_reservoir(saturation(c, "membrane")),
        "solid drug keeps the core saturated; the membrane is the only resistance, perfect sink",
        "flux balance on the core",
        corner=True,
    ),
    *one_rate(
        "dissolution",
        "Dissolving particles with a layer of constant thickness (cube root law)",
        "F = 100 {1 - [1 - D cs t/(rho h R)]^3}",
        (RADIUS, DENSITY, IN_MEDIUM, LAYER),
        IN_MEDIUM_DIFFUSIVITY,
        lambda c: c["solubility"] / (c["density"] * c["layer_thickness"] * c["radius"]),
        lambda c: shapes.shrinking(3.0),
        "spheres of one size, perfect sink, a layer that does not change while they shrink",
        HIXSON_1931,
    ),
    *one_rate(
        "dissolution_small",
        "Dissolving particles with a layer as thick as their radius (two-thirds root law)",
        "F = 100 {1 - [1 - 2 D cs t/(rho R^2)]^(3/2)}",
        (RADIUS, DENSITY, IN_MEDIUM),
        IN_MEDIUM_DIFFUSIVITY,
        lambda c: 2.0 * c["solubility"] / (c["density"] * c["radius"] ** 2),
        lambda c: shapes.shrinking(1.5),
        "spheres of one size at rest in the liquid (below some 30 um), perfect sink",
        HIESTAND_1963,
    ),
    *one_rate(
        "erosion_sphere",
        "Surface erosion of a sphere",
        "F = 100 {1 - [1 - k0 t/(c0 R)]^3}",
        (RADIUS, LOADED),
        EROSION,
        lambda c: 1.0 / (c["drug_concentration"] * c["radius"]),
        lambda c: shapes.shrinking(3.0),
        "the surface recedes at a constant pace and no drug diffuses",
        HOPFENBERG_1976,
    ),
    *one_rate(
        "erosion_cylinder",
        "Surface erosion of a long cylinder",
        "F = 100 {1 - [1 - k0 t/(c0 R)]^2}",
        (RADIUS, LOADED),
        EROSION,
        lambda c: 1.0 / (c["drug_concentration"] * c["radius"]),
        lambda c: shapes.shrinking(2.0),
        "the surface recedes at a constant pace and no drug diffuses; ends far away",
        HOPFENBERG_1976,
    ),
    *one_rate(
        "erosion_slab",
        "Surface erosion of a slab",
        "F = 100 k0 t/(c0 L) up to 100, L = thickness/open_faces",
        (THICKNESS, LOADED, OPEN_FACES),
        EROSION,
        lambda c: 1.0 / (c["drug_concentration"] * depth(c)),
        lambda c: shapes.shrinking(1.0),
        "the surface recedes at a constant pace and no drug diffuses; edges far away",
        HOPFENBERG_1976,
        corner=True,
    ),
)
