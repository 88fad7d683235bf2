"""Reports with Chinese labels: what a finished document says in fixed words, in Chinese; nothing of it is computed."""
