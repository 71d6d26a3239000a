"""All services of the application, built once by the composition root and used whole by background jobs and commands.

Request handlers fetch the one service that they need through its accessor, which is defined beside the service's class.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from starlette.datastructures import State

from server.accounts.account_service import AccountService
from server.accounts.audit import AuditLog
from server.alerts.service import AlertService
from server.inbox.service import InboxService
from server.inbox.submission_index import SubmissionIndex
from server.maintenance.doctor import Doctor
from server.media.convert import MediaConverter
from server.media.media_store import MediaStore
from server.publishing.publisher import Publisher
from server.publishing.remote_publish_requests import PublishRequests
from server.push.endpoint_policy import EndpointPolicy
from server.push.push_transport import PushTransport
from server.reader.current_editions import CurrentEditions
from server.reader.feeds import FeedService
from server.reader.search import Searcher
from server.settings import Settings
from server.supervision.store_watch import StoreWatch
from server.supervision.supervisor import Supervisor
from server.web.app_state import Clock
from server.web.assets import AppFiles
from server.web.fair_queue import FairQueue
from server.web.health import Readiness
from server.web.response_cache import ResponseCache
from server.web.site_origin import SiteOrigin
from server.writing.drafts import Drafts
from server.writing.form_files import FormFileReader
from server.writing.workspace import Workspace
from sync.editions.archive import Archive
from sync.editions.publishing import SigningKeys
from sync.locale import Translator
from sync.rendering.render import Assets
from sync.store.administration import OpenCouchAdmin
from sync.store.contract import Store

COSTLY_READS = 2  # at a time in this process: searches, and feeds that are not kept
COSTLY_READ_PLACES = 64  # waiting ones


def utc_now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


@dataclass
class Services:
    """`open_couch` opens the administration of the store's CouchDB; None for any other store."""

    settings: Settings
    store: Store
    translator: Translator
    app_files: AppFiles
    clock: Clock = utc_now
    response_cache: ResponseCache = field(default_factory=ResponseCache)
    open_couch: OpenCouchAdmin | None = None
    endpoint_policy: EndpointPolicy | None = None
    supervisor: Supervisor = field(default_factory=Supervisor)

    def __post_init__(self) -> None:
        self.assets = Assets(self.app_files.css, self.app_files.scripts, self.translator)
        self.store_watch = StoreWatch(self.store)
        self.archive = Archive(self.store)
        self.current_editions = CurrentEditions(self.store, self.archive)
        self.costly_reads = FairQueue(COSTLY_READS, COSTLY_READ_PLACES)
        self.feeds = FeedService(self.current_editions, self.response_cache, self.costly_reads)
        self.search = Searcher(self.translator, self.costly_reads)
        self.audit = AuditLog(self.store, self.clock)
        self.accounts = AccountService(self.store, self.clock)
        self.inbox = InboxService(self.settings, self.store, self.current_editions, self.clock)
        self.readiness = Readiness(
            self.store,
            lambda: self.current_editions.channels,
            self.supervisor.find_problems,
            self.inbox.has_disk_space,
            lambda: self.store_watch.identity[:8],
        )
        self.submission_index = SubmissionIndex(
            self.store, self.inbox.node_cache.find_record_id, self.inbox.node_cache.record_admission
        )
        self.inbox.node_cache.change_listeners.append(self.submission_index.mark_changed)
        self.workspace = Workspace(self.store)
        self.drafts = Drafts(self.store, self.clock)
        self.publisher = Publisher(self.store, self.archive, self.assets, self.settings.keys, self.clock)
        self.publish_requests = PublishRequests(self.store, self.publisher, self.audit, self.clock)
        self.push = PushTransport(self.settings, self.store, self.clock, self.endpoint_policy)
        self.alerts = AlertService(self.push, self.store, self.archive, self.assets, self.clock)
        self.media = MediaStore(self.store)
        self.converter = MediaConverter()
        self.form_files = FormFileReader()
        self.doctor = Doctor(
            self.settings, self.store, self.archive, self.clock, self.open_couch, self.submission_index.list_quarantined
        )

    def sign_with(self, keys: SigningKeys) -> None:
        """Publish, sign receipts and sign alerts with these keys from now on."""
        self.publisher.keys = keys
        self.inbox.sign_with(keys)
        self.alerts.sign_with(keys)

    def install(self, state: State) -> None:
        """Store each service in the entry that its accessor reads."""
        state.settings = self.settings
        state.site_origin = SiteOrigin.from_settings(self.settings)
        state.store = self.store
        state.archive = self.archive
        state.clock = self.clock
        state.translator = self.translator
        state.assets = self.assets
        state.app_files = self.app_files
        state.response_cache = self.response_cache
        state.readiness = self.readiness
        state.current_editions = self.current_editions
        state.feeds = self.feeds
        state.search = self.search
        state.audit = self.audit
        state.accounts = self.accounts
        state.inbox = self.inbox
        state.submission_index = self.submission_index
        state.workspace = self.workspace
        state.drafts = self.drafts
        state.publisher = self.publisher
        state.publish_requests = self.publish_requests
        state.push = self.push
        state.alerts = self.alerts
        state.media = self.media
        state.converter = self.converter
        state.form_files = self.form_files
        state.open_couch = self.open_couch
