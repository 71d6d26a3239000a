"""Forms on a real phone: filled, kept, sealed, carried and received."""
