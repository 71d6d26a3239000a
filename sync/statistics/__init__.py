"""Counts that may be shown: no figure of one to four people can be read here, or computed from what is shown."""
