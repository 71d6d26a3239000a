"""Alerts: drafts and their approval, sending, expiry, CAP output, and counts of displays on phones."""
