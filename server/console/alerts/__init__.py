"""Alerts in the console: write, see what phones will show, have a second person approve, send, follow."""
