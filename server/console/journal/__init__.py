"""The journal of deeds, read by administrators."""
