"""Coverage of languages: missing, unreviewed and outdated translations, guides without a recording."""
