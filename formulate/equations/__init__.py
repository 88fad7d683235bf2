"""Every equation of loading and release alone: the registry, what a user enters, and the result with units."""
