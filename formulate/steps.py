"""Curves as steps between the times of a calculation."""

import numpy as np

from formulate.sampling import Array


def middle(values: Array) -> Array:
    """Give the mean over each step.

    >>> middle(np.array([[0.0, 2.0, 6.0]]))
    array([[1., 4.]])
    """
    return np.asarray(0.5 * (values[:, 1:] + values[:, :-1]))


def cumulated(steps: Array) -> Array:
    """Give the running sum of steps, starting at 0.

    >>> cumulated(np.array([[1.0, 4.0]]))
    array([[0., 1., 5.]])
    """
    return np.concatenate([np.zeros((steps.shape[0], 1)), np.cumsum(steps, axis=1)], axis=1)


def mean_decay(before: Array, during: Array) -> Array:
    """Give the mean of ``exp(-x)`` over steps, from the exponent at their start and what it grows by.

    >>> mean_decay(np.array([0.0, 1.0]), np.array([1e-15, 1.0]))
    array([1.    , 0.2325])
    """
    short = np.abs(during) < 1e-9
    return np.asarray(np.exp(-before) * np.where(short, 1.0, -np.expm1(-during) / np.where(short, 1.0, during)))
