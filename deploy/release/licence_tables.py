"""Tables read out of packages' licences: compatible ones, spellings, packages that say too little, and exceptions.

Each row was written by reading the package's text; a package that changes its metadata has to be read again. The tables
take no package, so that an image can be told its notices while it is built.
"""

from __future__ import annotations

from deploy.release.served_packages import ServedPackage

# After the Free Software Foundation's list of licences: each may be part of a work under AGPL-3.0-or-later. Not on its
# list, but of the same permissive kind by their texts: 0BSD, IJG, libtiff, MIT-0, MIT-CMU.
COMPATIBLE = frozenset(
    {
        "0BSD",
        "AGPL-3.0-or-later",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC0-1.0",
        "FTL",
        "GPL-2.0-or-later",
        "GPL-3.0-or-later",
        "HPND",
        "IJG",
        "ISC",
        "LGPL-2.1-or-later",
        "LGPL-3.0-or-later",
        "MIT",
        "MIT-0",
        "MIT-CMU",
        "MPL-2.0",
        "PSF-2.0",
        "Unicode-3.0",
        "Unicode-DFS-2016",
        "Unlicense",
        "X11",
        "Zlib",
        "libpng-2.0",
        "libtiff",
    }
)

# Spellings of metadata older than SPDX that leave no doubt.
SPELLINGS = {
    "Apache 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "MIT License": "MIT",
    "PSFL": "PSF-2.0",
}

# Packages whose metadata says nothing, or too little, by what their texts say.
READ = {
    "altcha": "MIT",
    "av": "BSD-3-Clause AND GPL-3.0-or-later",  # its wheel carries FFmpeg with x264 and x265: see FFMPEG in notices.py
    "babel": "BSD-3-Clause AND Unicode-3.0",  # the data of languages is the Unicode consortium's
    "couchdb": "BSD-3-Clause",
    "et-xmlfile": "MIT AND PSF-2.0",  # parts of Python's standard library
    "jinja2": "BSD-3-Clause",
    "markdown-it-py": "MIT",
    "mdurl": "MIT",
    "pyasn1-modules": "BSD-2-Clause",
    "pyphen": "GPL-2.0-or-later OR LGPL-2.1-or-later OR MPL-1.1",  # its dictionaries under one or more of these
    "pyrage": "MIT",
    "pyrage (tinystr)": "Unicode-3.0",  # its own list gives the text and says "Unknown"
    "pyxform": "BSD-2-Clause",
    "segno": "BSD-3-Clause",
    "signxml": "Apache-2.0",
    "uvloop": "MIT OR Apache-2.0",
    "xlrd": "BSD-3-Clause AND BSD-4-Clause",
}

# Packages that are served although a part of their licence is not compatible, each with its reason.
EXCEPTIONS = {
    "xlrd": (
        "A part of xlrd (David Giffin, 2001) stands under the BSD licence of four clauses, whose advertising clause is "
        "held to be incompatible with the GPL. xlrd is a package of its own that pyxform asks for; no line of it was "
        "copied or changed here, and this program reads .xlsx alone, which xlrd does not read. The clause asks for an "
        'acknowledgment, which these notices give: "This product includes software developed by David Giffin '
        '<david@giffin.org>." No lawyer was asked.'
    ),
}


def licence_of(package: ServedPackage) -> str:
    """The package's licence as the tables above have it, else as the package declares it."""
    return READ.get(package.name) or SPELLINGS.get(package.declared) or package.declared
