"""Shared by all areas: layout, macros for forms and lists, labels. Imports no area."""
