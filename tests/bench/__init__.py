"""The benchmark: budgets measured on real texts, beside the peer that a user would choose instead."""
