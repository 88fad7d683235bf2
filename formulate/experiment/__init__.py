"""Measured release: the profiles of an experiment, read from a table and corrected for how they were sampled."""
