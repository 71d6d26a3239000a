"""Messages a second of the whole fan-out to a local push service, beside pywebpush's own loop and the bare cryptography, in one run.

    python -m tests.bench.push

The fan-out reads its subscriptions from a store on disk and writes its checkpoints there, as a server does. Rounds alternate and the best
one of each counts, so that what else the machine does weighs on all alike.
"""
from __future__ import annotations

import asyncio
import os
import secrets
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pywebpush
import uvloop
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from server.push import shards
from server.push.audience import Audience
from server.push.fanout import Fanout
from server.push.guard import Guard
from server.push.sender import Sender
from server.push.subscriptions import id_of
from server.push.vapid import Vapid
from sync.canonical import encode
from sync.editions.signing import Signer
from sync.store.contract import Room, Write
from sync.store.sqlite import SqliteStore

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
CONTACT = "mailto:alertes@exemple.ml"
PAYLOAD = "L’eau monte vite : montez vers les hauteurs. " * 18  # about 900 bytes: a common alert with its signature
PHONES = 12_000
LOOP = 400  # messages of pywebpush's loop in a round
CRYPTO = 4000
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Rate:
    """Messages a second by the clock, and a second of processor time: the latter holds on a machine that does other things too."""

    clock: float
    processor: float


@dataclass(frozen=True, slots=True)
class Rates:
    crypto: Rate
    loop: Rate
    one: Rate
    two: Rate


@dataclass(frozen=True, slots=True)
class Watch:
    """Started when it is made."""

    clock: float = field(default_factory=time.perf_counter)
    processor: float = field(default_factory=time.process_time)

    def rate(self, count: int) -> Rate:
        return Rate(count / (time.perf_counter() - self.clock), count / (time.process_time() - self.processor))


def bare_cryptography(count: int) -> Rate:
    """What no sender can do without, with the primitives of `cryptography`: a fresh key, ECDH, HKDF as in RFC 8291, AES-GCM."""
    curve, key = ec.SECP256R1(), ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    auth, text = os.urandom(16), PAYLOAD.encode()
    watch = Watch()
    for _ in range(count):
        own = ec.generate_private_key(curve)
        shared = own.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(curve, public))
        secret = HKDF(hashes.SHA256(), 32, auth, b"WebPush: info").derive(shared)
        sealing = HKDF(hashes.SHA256(), 16, auth, b"Content-Encoding: aes128gcm").derive(secret)
        nonce = HKDF(hashes.SHA256(), 12, auth, b"Content-Encoding: nonce").derive(secret)
        AESGCM(sealing).encrypt(nonce, text, None)
    return watch.rate(count)


def pywebpush_loop(port: int, count: int) -> Rate:
    """`webpush()` for one phone after the other, as its documentation shows."""
    body = subscription(port, 0)
    info = {"endpoint": body["endpoint"], "keys": {"p256dh": body["public"], "auth": body["auth"]}}
    signer = ec.generate_private_key(ec.SECP256R1())
    private = encode(signer.private_numbers().private_value.to_bytes(32, "big"))
    watch = Watch()
    for _ in range(count):
        pywebpush.webpush(info, PAYLOAD, vapid_private_key=private, vapid_claims={"sub": CONTACT}, ttl=3600)
    return watch.rate(count)


def subscription(port: int, number: int) -> dict[str, Any]:
    key = ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return {
        "endpoint": f"http://{HOST}:{port}/push/{number}-{secrets.token_hex(40)}", "public": encode(key), "auth": encode(os.urandom(16)),
        "channel": "fr-ML", "topics": ["alerts"], "region": "", "severity": "Minor", "since": "2026-11-24",
    }


async def prepared(store: SqliteStore, port: int) -> None:
    await store.prepare()
    bodies = [subscription(port, number) for number in range(PHONES)]
    for start in range(0, PHONES, 1000):
        await store.write(Room.PUSH, [Write(id_of(body["endpoint"]), body) for body in bodies[start : start + 1000]])


async def fan_out(store: SqliteStore, folder: Path, pem: str, processes: int, alert: str) -> Rate:
    """The rate at which so many processes send one alert to all."""
    audience = Audience("alerts", frozenset({"Severe", "Minor"}), (frozenset(),))
    workers = [await started("-m", "tests.bench.push", "work", str(folder / "push.db"), pem) for _ in range(processes)]
    for worker in workers:
        await heard(worker)
    await shards.begin(store, shards.Sending(alert, alert, "Severe", int(time.time()) + 3600, {"fr": PAYLOAD}, "fr", audience))
    watch = Watch()
    for worker in workers:
        assert worker.stdin
        worker.stdin.write(b"go\n")
    spent = [float(await heard(worker)) for worker in workers]
    clock = watch.rate(PHONES).clock
    for worker in workers:
        await worker.wait()
    counts = shards.total(await shards.shards(store, alert))
    assert counts == {"fr": {"delivered": PHONES}}, counts
    return Rate(clock, PHONES / sum(spent))


async def heard(worker: asyncio.subprocess.Process) -> str:
    assert worker.stdout
    return (await worker.stdout.readline()).decode()


async def started(*arguments: str) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=ROOT, stdin=pipe, stdout=pipe)


@asynccontextmanager
async def sink() -> AsyncIterator[int]:
    process = await started("-m", "tests.bench.sink")
    try:
        yield int(await heard(process))
    finally:
        process.terminate()
        await process.wait()


async def work(path: str, pem: str) -> None:
    """One process: ready, then at a word everything that can be sent; says the processor time it took."""
    store = SqliteStore(Path(path))
    await store.prepare()
    sender = Sender(Guard((HOST,), local=True), Vapid(Signer.from_pem(pem.encode()), CONTACT), time.time)
    runner = Fanout(store, sender, time.time)
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    began = time.process_time()
    while await shards.open_sendings(store):
        await runner.work()
    print(time.process_time() - began, flush=True)
    sender.close()
    await store.close()


async def measure(rounds: int = ROUNDS) -> Rates:
    pem = Signer.generate().pem().decode()
    found: dict[str, list[Rate]] = {name: [] for name in ("crypto", "loop", "one", "two")}
    with tempfile.TemporaryDirectory() as named:
        folder = Path(named)
        async with sink() as port:
            store = SqliteStore(folder / "push.db")
            await prepared(store, port)
            for number in range(rounds):
                found["crypto"].append(await asyncio.to_thread(bare_cryptography, CRYPTO))
                found["loop"].append(await asyncio.to_thread(pywebpush_loop, port, LOOP))
                found["one"].append(await fan_out(store, folder, pem, 1, f"one-{number}"))
                found["two"].append(await fan_out(store, folder, pem, 2, f"two-{number}"))
            await store.close()
    best = {name: Rate(max(one.clock for one in rates), max(one.processor for one in rates)) for name, rates in found.items()}
    return Rates(**best)


def table(rates: Rates) -> str:
    """Each against what it is measured by."""
    one = rates.one
    against = compared(one, rates.loop, "the loop", 6) + ", " + compared(one, rates.crypto, "the cryptography", 0.6)
    rows = [
        ("bare cryptography", rates.crypto, ""),
        ("pywebpush's own loop", rates.loop, ""),
        ("fan-out, one process", one, against),
        ("fan-out, two processes", rates.two, f"{rates.two.clock / rates.one.clock:.2f} times one by the clock (at least 1.7)"),
    ]
    lines = ["", "| push messages | a second | a second of processor time | against |", "| --- | ---: | ---: | --- |"]
    lines += [f"| {name} | {rate.clock:,.0f} | {rate.processor:,.0f} | {said} |" for name, rate, said in rows]
    return "\n".join(lines)


def compared(rate: Rate, other: Rate, name: str, least: float) -> str:
    return f"{rate.processor / other.processor:.2f} times {name} (at least {least:g})"


if __name__ == "__main__":
    if sys.argv[1:2] == ["work"]:
        uvloop.run(work(*sys.argv[2:4]))
    else:
        print(table(asyncio.run(measure())))
