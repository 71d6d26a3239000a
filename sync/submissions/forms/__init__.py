"""XLSForms into compiled forms (PROTOCOL.md, section 8): `tables` reads the sheets, `compiling` makes the JSON, `form` answers about it."""
