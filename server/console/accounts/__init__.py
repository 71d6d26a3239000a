"""Accounts of the site, for administrators."""
