"""Alerts: the document with CAP 1.2's fields, who it concerns, the signed text a phone shows without a network, and CAP itself."""
