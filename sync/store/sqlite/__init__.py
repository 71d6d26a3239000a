"""The store backend for a SQLite file."""
