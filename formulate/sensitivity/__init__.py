"""Which inputs an answer hangs on, and which to measure next."""
