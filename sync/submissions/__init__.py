"""Submissions: admission, sealing, bundles, receipts, devices (PROTOCOL.md, sections 9 to 14)."""
