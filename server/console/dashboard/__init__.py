"""The dashboard: what came back week by week, as drawings with their numbers."""
