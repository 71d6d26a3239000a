"""An observation as text for Prometheus, written by its own client library. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from server.hubs.hub_job import HubReport
from server.monitoring.observation import JobObservation, Observation
from server.program import VERSION


class _Families(Collector):
    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = list(families)

    def collect(self) -> Iterable[Metric]:
        return self._families


def write_exposition(observation: Observation) -> bytes:
    registry = CollectorRegistry()
    registry.register(_Families(make_families(observation)))
    return generate_latest(registry)


def make_families(observation: Observation) -> Iterator[Metric]:
    yield _labelled("build_info", "The version of this program.", "version", {VERSION: 1})
    yield _gauge("clock_timestamp_seconds", "This machine's clock.", observation.now.timestamp())
    yield _gauge("ready", "1 if /readyz says 200.", not observation.problems)
    yield _labelled("problem", "What keeps it from being ready.", "code", dict.fromkeys(observation.problems, 1))
    yield from _job_families(observation.jobs)
    yield _counter("submissions", "Verdicts on submissions since the start.", "verdict", observation.verdicts)
    yield _counter("error_answers", "Answers with an error since the start.", "code", observation.errors)
    yield _labelled("waiting", "What waits for people in the console.", "kind", observation.waiting)
    yield _labelled("push_messages", "Messages of 30 days' alerts by outcome.", "outcome", observation.deliveries)
    yield _labelled("phones", "Enrolled phones, heard from within 7 days or silent.", "state", observation.phones)
    yield _labelled(
        "edition_timestamp_seconds", "When the current edition was published.", "channel", observation.editions
    )
    yield _gauge("disk_free_bytes", "Free on the disk of the data folder.", observation.disk_free)
    yield _gauge("disk_size_bytes", "Size of the disk of the data folder.", observation.disk_total)
    yield from _hub_families(observation.hubs)
    yield from _backup_families(observation)


def _job_families(jobs: Iterable[JobObservation]) -> Iterator[Metric]:
    jobs = list(jobs)
    succeeded = {job.name: job.last_success for job in jobs if job.last_success is not None}
    yield _labelled("job_last_success_timestamp_seconds", "When a job last ended well.", "task", succeeded)
    yield _labelled("job_failures", "Failures since it last did.", "task", {job.name: job.failures for job in jobs})
    allowances = {job.name: job.allowance for job in jobs}
    yield _labelled("job_allowance_seconds", "Within which it should end well again.", "task", allowances)


def _hub_families(hubs: Iterable[HubReport]) -> Iterator[Metric]:
    hubs = list(hubs)
    contact = {hub.name: _seconds(hub.contact) for hub in hubs if hub.contact}
    yield _labelled("hub_last_contact_timestamp_seconds", "When all its replications were well.", "hub", contact)
    pending = {hub.name: sum(waiting for _, waiting, _ in hub.roads.values()) for hub in hubs}
    yield _labelled("hub_pending_changes", "Changes that it has still to pass.", "hub", pending)
    free = {hub.name: hub.disk_free for hub in hubs if hub.disk_free is not None}
    yield _labelled("hub_disk_free_bytes", "Free on the hub's disk.", "hub", free)
    versions = GaugeMetricFamily("kunnafoni_hub_info", "The version of each hub.", labels=["hub", "version"])
    for hub in hubs:
        versions.add_metric([hub.name, hub.version], 1)
    yield versions


def _backup_families(observation: Observation) -> Iterator[Metric]:
    backups, drill = observation.backups, observation.drill
    if backups.succeeded:
        yield _gauge("backup_last_success_timestamp_seconds", "The last backup.", backups.succeeded.timestamp())
    yield _gauge("backup_failed", "1 if a backup failed since.", backups.has_failed)
    if drill:
        yield _gauge("drill_timestamp_seconds", "The last restore drill.", _seconds(drill.when))
        yield _gauge("drill_failed", "1 if it failed.", bool(drill.error))
        yield _gauge("drill_duration_seconds", "How long it took.", drill.seconds)


def _seconds(timestamp: str) -> float:
    return datetime.datetime.fromisoformat(timestamp).timestamp()


def _gauge(name: str, help: str, value: float) -> Metric:
    return GaugeMetricFamily(f"kunnafoni_{name}", help, value=float(value))


def _labelled(name: str, help: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(f"kunnafoni_{name}", help, labels=[label])
    for key, value in values.items():
        family.add_metric([key], float(value))
    return family


def _counter(name: str, help: str, label: str, values: Mapping[str, float]) -> Metric:
    family = CounterMetricFamily(f"kunnafoni_{name}", help, labels=[label])
    for key, value in values.items():
        family.add_metric([key], float(value))
    return family
