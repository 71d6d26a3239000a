"""The work that a flooded inbox asks for a public report: on a phone, for a native program, and to verify.

    python -m tests.bench.proof_of_work

The app's own script solves challenges in Chromium. A cheap phone is taken to be six times slower than this processor:
Chromium's throttle slows the page but not WebCrypto's thread, so the time is measured at full speed and multiplied.
The fastest of many counts: the one that nothing else on the machine disturbed.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright

from sync.submissions.proof_of_work import COST, KEY_PREFIX, ProofOfWork
from tests.bench.exit_status import exit_status
from tests.bench.phone import SLOWER
from tests.support.browser_site import running_site_server
from tests.support.chromium import FLAGS, PHONE, chromium_path
from tests.support.content_folder import GOOD, write
from tests.support.phone_simulator import solve_work
from tests.support.protocol_examples import sample_submission
from tests.support.repository import ROOT

CHALLENGES = 12
ATTEMPTS = int(16 ** len(KEY_PREFIX))  # on average
LONGEST = 2.5  # seconds of a cheap phone, on average
VERIFICATION = 0.005  # seconds of a server, for the easiest work
NATIVE_GAIN = 4.0  # times as many attempts in a native program as in the browser, at most
SOLVE = """async ([script, challenges]) => {
    const { solve } = await import(script)
    const results = []
    for (const challenge of challenges) {
        const start = performance.now()
        const { counter } = await solve(challenge)
        results.push((performance.now() - start) / (counter + 1))
    }
    return results
}"""


@dataclass(frozen=True, slots=True)
class WorkCosts:
    """Seconds: of an attempt in the browser and in a native program, of a verification."""

    browser: float
    native: float
    verification: float

    @property
    def phone(self) -> float:
        """Seconds of a cheap phone for one report, on average."""
        return self.browser * ATTEMPTS * SLOWER


def measure_costs() -> WorkCosts:
    work = ProofOfWork(b"secret", time.time)
    challenges = [work.make_challenge(sample_submission(), 0) for _ in range(CHALLENGES)]
    [script] = (ROOT / "pwa/dist/app").glob("proof-of-work-*.js")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        content = write(Path(folder, "content"), GOOD)
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        with running_site_server(Path(folder, "data"), ROOT, content) as url:
            page = browser.new_context(**PHONE).new_page()
            page.goto(url)
            attempts = page.evaluate(SOLVE, [f"/app/{script.name}", challenges])
        browser.close()
    return WorkCosts(min(attempts) / 1000, _native_attempt(), _verification(work))


def _native_attempt() -> float:
    times = []
    for _ in range(ATTEMPTS):
        start = time.perf_counter()
        hashlib.pbkdf2_hmac("sha256", secrets.token_bytes(20), secrets.token_bytes(16), COST, 32)
        times.append(time.perf_counter() - start)
    return min(times)


def _verification(work: ProofOfWork) -> float:
    submission = sample_submission()
    solution = solve_work(work.make_challenge(submission, 0))

    async def verify() -> float:
        times = []
        for _ in range(50):
            start = time.perf_counter()
            assert await work.is_solved(submission, solution)
            times.append(time.perf_counter() - start)
        return min(times)

    seconds: float = asyncio.run(verify())
    return seconds


def table(costs: WorkCosts) -> str:
    return "\n".join(
        [
            "",
            "| proof of work for a report | budget | measured |",
            "| --- | ---: | ---: |",
            f"| a phone {SLOWER} times slower, on average | {LONGEST:g} s | {costs.phone:.2f} s |",
            f"| verification | {VERIFICATION * 1000:g} ms | {costs.verification * 1000:.1f} ms |",
            f"| a native program's gain per core | {NATIVE_GAIN:g} x | {costs.browser / costs.native:.1f} x |",
        ]
    )


def missed_thresholds(costs: WorkCosts) -> list[str]:
    """A sentence for each missed threshold."""
    limits = (
        ("a report's work on a cheap phone, seconds", costs.phone, LONGEST),
        ("its verification, seconds", costs.verification, VERIFICATION),
        ("a native program's gain", costs.browser / costs.native, NATIVE_GAIN),
    )
    return [f"Too much: {what}: {value:.3g}, {limit:g} allowed." for what, value, limit in limits if value > limit]


def main() -> int:
    """Exit code 1 when a threshold is missed."""
    costs = measure_costs()
    return exit_status(table(costs), missed_thresholds(costs))


if __name__ == "__main__":
    sys.exit(main())
