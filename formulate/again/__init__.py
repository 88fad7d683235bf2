"""A report computed again from its JSON: the same, bit for bit, or what changed."""
