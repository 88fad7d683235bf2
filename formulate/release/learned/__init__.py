"""Release learned from published profiles: curves drawn from a population, moved by what has been measured."""
