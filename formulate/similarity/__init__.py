"""Comparison of release profiles: similarity and difference factors, distances, regions, and their decisions."""
