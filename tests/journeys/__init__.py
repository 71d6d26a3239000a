"""Whole stories, from real processes to real phones."""
