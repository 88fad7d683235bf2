"""The fate of an agent from what little is known of it: kind, size, molar mass, charge, place, species, state."""
