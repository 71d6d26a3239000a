"""Documents in and out: content folders and the store, their schemas, the checks between documents."""
