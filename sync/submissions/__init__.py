"""Forms and what comes back from them: expressions, answers, submissions, seals, receipts, bundles (PROTOCOL.md, sections 8 to 14)."""
