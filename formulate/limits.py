"""How much may be asked of one calculation."""

FEWEST_DRAWS = 16  # fewer give no band
MOST_DRAWS = 8192  # a comparison keeps every curve of every carrier: this many take some gigabytes
LARGEST_SEED = 2**32 - 1
MOST_CARRIERS = 500  # in one comparison
LARGEST_WEIGHT = 1e6
LARGEST_FILE = 100_000  # bytes; a formulation file is a few thousand
MOST_FAULTS = 50  # told at once; more say nothing new
