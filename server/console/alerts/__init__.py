"""Alerts: drafting, preview, approval by a second person, sending and delivery counts."""
