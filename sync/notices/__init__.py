"""Notices for other fact-checkers and machines: ClaimReview of schema.org out and in, and an Atom feed."""
