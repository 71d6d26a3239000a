"""Documents as values: their model, field types, schemas, YAML tree, text and Markdown."""
