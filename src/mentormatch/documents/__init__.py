"""Documents that a school signs, hands out, hangs up or sends in."""
