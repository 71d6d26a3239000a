"""Submissions: lists, one submission, charts, exports; the forms and sealing keys they need."""
