"""The life of a site and of its phones, led through a release's own commands, addresses and app.
`tests/tools/make_release.py` runs it.
"""
