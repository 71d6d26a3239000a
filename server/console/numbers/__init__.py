"""Emergency numbers to ring: the list, and the day on which a coordinator rang each."""
