"""How much may be asked of one calculation."""

FEWEST_DRAWS = 16  # fewer give no band
MOST_DRAWS = 8192  # a comparison keeps every curve of every carrier: this many take some gigabytes
LARGEST_SEED = 2**32 - 1
MOST_LAYERS = 5
MOST_PAYLOADS = 6
MOST_CARRIERS = 500  # in one comparison
LARGEST_WEIGHT = 1e6
MOST_INJECTIONS = 60
MOST_ROUTES = 4  # besides the main one
MOST_CHOICES = 20  # free at once in a design
MOST_OPTIONS = 50  # of one choice
FEWEST_DESIGNS, MOST_SEARCHED = 8, 100_000  # of one search, which keeps all of them
MOST_DESIGNS = 10_000_000  # of one sweep
LONGEST_TITLE = 300  # characters of the title and the date of a report
MOST_PROCESSES = 256
