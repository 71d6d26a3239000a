"""The inbox: submissions, receipts, answers, withdrawals and enrolment (PROTOCOL.md, 11 and 12).

IP addresses are neither stored nor logged.
"""
