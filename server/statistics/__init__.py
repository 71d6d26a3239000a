"""Figures about what came back, for pages and files that show no single report."""
