"""Briefs for people who decide: two pages of figures and words, read by a second person, then frozen."""
