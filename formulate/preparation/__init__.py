"""What to weigh out for a number of doses: ingredients, mass balance, limits, steps."""
