#!/bin/sh
# spelling.sh: makes sure that hunspell and its French and English dictionaries are there for the tests of content/.
. deploy/setup/say.sh
if command -v hunspell >/dev/null && [ -e /usr/share/hunspell/fr.dic ] && [ -e /usr/share/hunspell/en_GB.dic ]; then exit 0; fi
debian "A spelling checker" hunspell hunspell-fr hunspell-en-gb
