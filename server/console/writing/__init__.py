"""Documents: the list, the editor, the review by somebody else, what is overdue, two texts to settle."""
