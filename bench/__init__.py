"""Measurements of the program: speed as ratios within one run, accuracy against data that is not shipped."""
