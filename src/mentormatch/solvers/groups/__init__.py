"""Groups of one mentor and several mentees: column generation, and trying everything."""
