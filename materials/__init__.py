"""What is known: the catalog of carriers, payloads and sites, its schema, units and sources."""
