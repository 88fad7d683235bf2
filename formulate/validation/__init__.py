"""Does the computing hold: exact solutions, certified values, published examples, conservation, other methods, limits.

One module a group holds its cases; `run` runs them. What a case expects never comes from the code under test.
"""
