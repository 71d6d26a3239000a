"""Images and recordings: upload, conversion, list with the cost to a reader."""
