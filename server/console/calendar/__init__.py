"""The calendar of reviews: what falls due and what leaves at a set hour, month by month."""
