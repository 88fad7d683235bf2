"""What a form of a formulation holds: its fields, what stands in them and what holds where nothing does."""
