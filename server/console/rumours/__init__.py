"""Rumours: the desk's list, a case with its decisions, a week's bulletin, a month's answers."""
