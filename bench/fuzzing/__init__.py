"""A coverage-guided fuzzer of everything the program reads: `python -m bench.fuzzing` says how."""
