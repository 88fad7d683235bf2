"""Retention: how long what arrives at a site stays, and where it goes."""
