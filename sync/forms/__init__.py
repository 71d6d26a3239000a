"""XLSForms compiled to JSON (PROTOCOL.md, section 8): sheets, expressions, question types, checks of answers."""
