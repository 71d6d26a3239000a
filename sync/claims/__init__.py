"""Likeness of messages and checked claims: folding, comparison, a verdict that says why. Twins: pwa/src/claims/."""
