"""One thread for linear algebra: the matrices here are small, and threads that wait for a busy core take longer."""

import os

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def ask_for_one_thread() -> None:
    """Ask the libraries of linear algebra for one thread each; they read it once, as numpy is imported.

    What the user has set stays.
    """
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")
