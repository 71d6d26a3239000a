"""Notices to people of the console about what waits for them, as they chose, without any word of a text or a person:
by mail, in their browsers, and to the team's webhook.
"""
