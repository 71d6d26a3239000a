"""Alerts on their way to phones: subscriptions, the fan-out to push services, and the use case of sending."""
