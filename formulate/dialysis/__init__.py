"""Release measured through a dialysis bag: what the receiver shows of a release law, and the law from what it shows."""
