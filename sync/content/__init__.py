"""Import and export of documents between content folders and the store, and the checks between documents."""
