"""The inbox over HTTP: submissions, receipts, answers, withdrawals, enrolment (PROTOCOL.md, 11 and 12). No address is kept or logged."""
