"""The budgets, measured on real texts that nobody here wrote, and the peer that a user would pick instead."""
