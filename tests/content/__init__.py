"""Tests of sync/content, and of the site's own content."""
