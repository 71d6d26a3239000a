"""The signs of sync/claims/words.json: stems that messages of a checked claim have more often than true messages on its
subject and hoaxes that no notice covers, or less often. Logistic regression over the open messages, beside the score;
of its own, since twenty lines spare the tests NumPy, SciPy and scikit-learn, whose numbers differ with the machine.

    python -m tests.bench.claim_signs [--write]

Prints what would be said of each set by signs of the other sets alone, and by cautions that another set has shown to be
needed, so that no message judges itself. With --write the signs of all sets together go into the list.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sync.claims.claim_index import SURE, ClaimIndex, lead_of
from sync.claims.message_tokens import message_tokens, stems_of
from sync.claims.message_words import MessageWord, message_words
from sync.claims.words import word_list
from tests.bench import claims
from tests.support.repository import ROOT

LIST = ROOT / "sync/claims/words.json"
SETS = (claims.OPEN, claims.SECOND, claims.THIRD, claims.FOURTH, claims.NOT_FITTING)
LEAST_SCORE = 15_000  # thousandths: what is lower is never near to sure
LEAST_MESSAGES = 4  # that have a stem
PENALTY, LEAST_WEIGHT = 1.0, 0.2  # of a stem's weight, in log odds
STEP = 1_000  # thousandths to which a sign is rounded
SWEEPS = 100
SCALE = 10_000  # thousandths of score and lead that count one in the regression


@dataclass(frozen=True, slots=True)
class Row:
    """A message, and its claim without signs. `strength`: score and lead. `cautions`: the words that warn."""

    place: int
    message: claims.Message
    is_right: bool
    score: int
    strength: int
    stems: frozenset[str]
    cautions: frozenset[str]


def read_rows() -> list[Row]:
    rows = []
    for place, path in enumerate(SETS):
        messages = claims.read_messages(path)
        known = claims.read_messages(claims.THIRD) if path == claims.NOT_FITTING else messages
        index = ClaimIndex.build(claims.known_claims(known))
        for message in messages:
            ranked = index.rank(message_tokens(message.text, index.vocabulary))
            if ranked:
                is_right = message.kind == "fits" and ranked[0].slug == message.notice
                strength = ranked[0].score + lead_of(ranked)
                words = message_words(message.text)
                rows.append(Row(place, message, is_right, ranked[0].score, strength, stems_of(words), _cautions(words)))
    return rows


def learn_signs(rows: Iterable[Row]) -> dict[str, int]:
    """The thousandths of each stem, at the rate at which score and lead count."""
    learnt = [row for row in rows if row.message.kind != "unrelated" and row.score >= LEAST_SCORE]
    counts = Counter(stem for row in learnt for stem in row.stems)
    columns: dict[str, list[tuple[int, float]]] = {
        "": [(number, 1.0) for number in range(len(learnt))],
        "strength": [(number, row.strength / SCALE) for number, row in enumerate(learnt)],
    }
    for number, row in enumerate(learnt):
        for stem in sorted(row.stems):  # so that sums round alike in every run
            if counts[stem] >= LEAST_MESSAGES:
                columns.setdefault(stem, []).append((number, 1.0))
    weights = _regression(columns, [row.is_right for row in learnt])
    rate = SCALE / weights.pop("strength")
    weights.pop("")
    signs = {stem: STEP * round(weight * rate / STEP) for stem, weight in weights.items() if abs(weight) > LEAST_WEIGHT}
    return {stem: sign for stem, sign in signs.items() if sign}


def cross_validated(rows: Sequence[Row]) -> list[claims.Finding]:
    """The verdicts of the messages of each set but the last, which has none that fit."""
    found = []
    for place in range(len(SETS) - 1):
        others = [row for row in rows if row.place != place]
        signs = learn_signs(others)
        needed = frozenset(each for row in others if row.message.kind != "fits" for each in row.cautions)
        for row in rows:
            if row.place == place:
                strength = row.strength + sum(signs.get(stem, 0) for stem in row.stems)
                is_sure = strength >= SURE and not row.cautions & needed
                slug = row.message.notice if row.is_right else "another"
                found.append(claims.Finding(row.message, (slug,), "sure" if is_sure else "perhaps"))
    return found


def with_signs(text: str, signs: Mapping[str, int]) -> str:
    """The word list with other signs."""
    stems: dict[int, list[str]] = {}
    for stem in sorted(signs):
        stems.setdefault(signs[stem], []).append(stem)
    lines = ",\n".join(
        f'  "{weight}": {json.dumps(" ".join(stems[weight]), ensure_ascii=False)}' for weight in sorted(stems)
    )
    return re.sub(r' "signs": \{[^}]*\}', lambda _: f' "signs": {{\n{lines}\n }}', text)


def _cautions(words: Sequence[MessageWord]) -> frozenset[str]:
    folded = " ".join(word.term for word in words)
    return frozenset(found[0] for pattern in word_list().cautions for found in pattern.finditer(folded))


def _regression(columns: Mapping[str, Sequence[tuple[int, float]]], right: Sequence[bool]) -> dict[str, float]:
    """The weight of each column, one after the other by Newton's step; stems are held small, the first two are not."""
    weights = dict.fromkeys(columns, 0.0)
    sums = [0.0] * len(right)
    for _ in range(SWEEPS):
        for name, column in columns.items():
            penalty = 0.1 if name == "strength" else PENALTY if name else 1e-6
            slope, bend = -penalty * weights[name], penalty
            for number, value in column:
                chance = 1 / (1 + math.exp(-sums[number]))
                slope += value * (right[number] - chance)
                bend += value * value * chance * (1 - chance)
            step = slope / bend
            weights[name] += step
            for number, value in column:
                sums[number] += step * value
    return weights


def main() -> int:
    rows = read_rows()
    found = cross_validated(rows)
    for place, path in ((None, None), *enumerate(SETS[:-1])):
        texts = {row.message.text for row in rows if row.place == place}
        mine = [each for each in found if path is None or each.message.text in texts]
        print(path.name if path else "all sets")
        for share in claims.shares(mine):
            if "sure" in share.name:
                print(f"  {share.name}: {share}")
    if "--write" in sys.argv:
        LIST.write_text(with_signs(LIST.read_text("utf-8"), learn_signs(rows)), "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
