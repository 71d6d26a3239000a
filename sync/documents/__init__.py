"""What a document is: its model, field types, YAML tree, text and Markdown."""
