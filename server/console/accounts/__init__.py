"""The accounts of the site, for administrators."""
