"""Forms on a phone: filling, drafts, sealing, carrying, receipts."""
