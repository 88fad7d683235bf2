"""Release curves: the field's library of equations, physical laws with quantities, and formulas of the user's own."""
