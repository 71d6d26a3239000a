"""Names that exist outside the code: on disks, on the wire, in commands. tests/vectors/outside-names.json freezes
them.
"""
