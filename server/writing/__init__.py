"""Writing documents in the console: drafts beside approved texts, review, checks before saving. No HTTP."""
