"""Loading: how much drug a carrier holds, what the batch needs for it, and what fits in one injection."""
