"""Writing documents in the console: drafts beside approved texts, their review, what is checked before anything is kept. No HTTP."""
