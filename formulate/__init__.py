"""What can be computed: loading, release, retention, and the comparison of carriers for a target tissue."""
