"""Designing backwards: which formulations of a space of choices meet a target, and how surely."""
