"""Messages a second of the whole fan-out to a local push service, beside pywebpush's own loop and the bare
cryptography, in one run.

    python -m tests.bench.push

Everything is measured by the clock. The fan-out reads its subscriptions from a store on disk and writes its checkpoints
there, as servers do; each of its processes is held to one core. The push service does as little as it can, and yet
needs about a tenth of what a sender needs. Beside one process, measured against the loop and the cryptography, it has
the other core. For what a second process brings, one core does everything, and then two do: the push service shares the
senders' cores both times. What is compared is measured side by side in every round, and the median of the rounds
counts, so that what else the machine does weighs on all alike.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sync.editions.signing import Signer
from sync.store.sqlite.store import SqliteStore
from tests.bench.exit_status import exit_status
from tests.bench.fanout_processes import send, senders, sink, subscribe, subscription_of
from tests.bench.push_reference import bare_cryptography, pywebpush_loop

PHONES = 12_000
LOOP = 250  # messages of pywebpush's loop in a round
CRYPTO = 1_500  # and of the cryptography, before and after the fan-out
ROUNDS = 5
AGAINST_LOOP = 4.5
AGAINST_CRYPTO = 0.35
TWO_AGAINST_ONE = 1.7


@dataclass(frozen=True, slots=True)
class Round:
    """Messages a second, one thing right after the other."""

    crypto: float
    loop: float
    one: float
    one_core: float
    two_cores: float


@dataclass(frozen=True, slots=True)
class Threshold:
    """A ratio of two rates, with the least ratio that is accepted."""

    what: str
    than: str
    found: float
    least: float

    @property
    def holds(self) -> bool:
        return self.found >= self.least

    @property
    def sentence(self) -> str:
        return f"{self.what}: {self.found:.2f} times {self.than}, at least {self.least:g} is asked"


async def measure(rounds: int = ROUNDS) -> list[Round]:
    if (os.cpu_count() or 1) < 2:
        raise RuntimeError("two processes on two cores: this machine has one")
    results = []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "push.db"
        store = SqliteStore(file)
        await store.prepare()
        async with sink() as (port, received), senders(file, Signer.generate(), 2) as both:
            await subscribe(store, port, PHONES)
            one_phone = subscription_of(port, PHONES)
            for number in range(rounds):
                before = await asyncio.to_thread(bare_cryptography, CRYPTO)
                received(2)
                one = await send(store, both[:1], f"one-{number}", PHONES)
                after = await asyncio.to_thread(bare_cryptography, CRYPTO)
                two_cores = await send(store, both, f"two-cores-{number}", PHONES)
                received(1)
                one_core = await send(store, both[:1], f"one-core-{number}", PHONES)
                loop = await asyncio.to_thread(pywebpush_loop, one_phone, LOOP)
                results.append(Round((before + after) / 2, loop, one, one_core, two_cores))
        await store.close()
    return results


def thresholds(rounds: list[Round]) -> list[Threshold]:
    return [
        Threshold(
            "one process", "pywebpush's loop", median(measured.one / measured.loop for measured in rounds), AGAINST_LOOP
        ),
        Threshold(
            "one process",
            "the bare cryptography",
            median(measured.one / measured.crypto for measured in rounds),
            AGAINST_CRYPTO,
        ),
        Threshold(
            "two processes on two cores",
            "one on one",
            median(measured.two_cores / measured.one_core for measured in rounds),
            TWO_AGAINST_ONE,
        ),
    ]


def missed_thresholds(rounds: list[Round]) -> list[str]:
    """A sentence for each missed threshold."""
    return [f"push messages, {threshold.sentence}." for threshold in thresholds(rounds) if not threshold.holds]


def table(rounds: list[Round]) -> str:
    rates = {
        "bare cryptography": median(one.crypto for one in rounds),
        "pywebpush's own loop": median(one.loop for one in rounds),
        "fan-out, one process": median(one.one for one in rounds),
        "fan-out, one process that shares its core with the push service": median(one.one_core for one in rounds),
        "fan-out, two processes on two cores": median(one.two_cores for one in rounds),
    }
    lines = ["", "| push messages | a second |", "| --- | ---: |"]
    lines += [f"| {name} | {rate:,.0f} |" for name, rate in rates.items()]
    return "\n".join([*lines, "", *(f"- {one.sentence}" for one in thresholds(rounds))])


async def main() -> int:
    """Exit code 1 when a threshold is missed."""
    rounds = await measure()
    return exit_status(table(rounds), missed_thresholds(rounds))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
