"""Documents: list, editor, review by a second person, overdue reviews, resolution of parallel edits."""
