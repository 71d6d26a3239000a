"""Alerts: drafts and their approval, sending, ends, CAP out, and the counts of what phones displayed."""
