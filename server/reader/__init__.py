"""Responses for readers: pages that need no script, feeds, the app's files."""
