"""Alerts: documents with CAP 1.2's fields, their audience, the signed texts of push messages, and CAP export."""
