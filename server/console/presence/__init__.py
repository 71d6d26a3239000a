"""Open texts: the warning that a colleague has the same one open."""
