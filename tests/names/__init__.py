"""The names that live outside the code: on disks, on the wire, in other people's habits. tests/vectors/outside-names.json freezes them."""
