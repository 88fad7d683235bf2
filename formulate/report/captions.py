"""What stands below each figure of a comparison."""

CAPTIONS = {
    "ranking": (
        "Score and its parts. Each segment is the weight of a part times its mean over the sum of weights; they add up "
        "to the score (dot), its mean over the draws. The whisker is the "
        "80 % band. “Best in” is the share of the draws in which the carrier has the highest score. Carriers that fail "
        "a check of feasibility stand last, without a place."
    ),
    "pareto": (
        "What carriers earn by two things at once, 0 to 1. A diamond is a carrier that no other beats in both: it is "
        "on the front, along which the line runs. A circle is beaten in both by some other. A cross fails a check of "
        "feasibility. What is hollow is not known along one axis and stands at 0 there."
    ),
    "concentration": (
        "Unbound drug in the target compartment: median and 80 % band over the draws, and the median in plasma. "
        "The time axis is a fourth root, which shows hours and weeks alike; the concentration axis is logarithmic "
        "and ends far below the target, where curves leave the panel."
    ),
    "release": (
        "Fraction of the dose that has left every layer, dissolved or solid: median and 80 % band over the draws. "
        "What was measured on the bench stands where it was measured; in the body release may run faster. "
        "The time axis is a fourth root, which shows hours and weeks alike."
    ),
}
