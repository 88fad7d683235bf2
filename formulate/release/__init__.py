"""Release: how fast a carrier lets its payload go, as closed forms over draws and times."""
