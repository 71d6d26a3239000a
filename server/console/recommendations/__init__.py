"""Recommendations to people who decide: to whom each was sent, and what was answered."""
