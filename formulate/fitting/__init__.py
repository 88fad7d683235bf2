"""Fitting of measured release: least squares, what it says, and how far it can be trusted."""
