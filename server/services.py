"""All services of the application, built once by the composition root and used whole by background jobs and commands.

Request handlers fetch the one service that they need through its accessor, which is defined beside the service's class.
"""

from __future__ import annotations

import datetime
import socket
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from starlette.datastructures import State

from server.accounts.account_service import AccountService
from server.accounts.audit import AuditLog
from server.alerts.cap_intake import CapIntake
from server.alerts.cap_signer import CapSigner
from server.alerts.danger_list import load_danger_templates
from server.alerts.feed_watch import FeedWatch
from server.alerts.remote_documents import RemoteDocuments
from server.alerts.service import AlertService
from server.hubs.edition_download import EditionDownload
from server.inbox.answer_index import AnswerIndex
from server.inbox.hub_folder import HubFolder
from server.inbox.service import InboxService
from server.inbox.submission_index import SubmissionIndex
from server.maintenance.doctor import Doctor
from server.media.convert import MediaConverter
from server.media.media_store import MediaStore
from server.media.missing_media import MissingMedia
from server.monitoring.observation import Observer
from server.notifications.console_browsers import ConsoleBrowsers
from server.notifications.mail_server import MailServer
from server.notifications.notifier import Notifier
from server.notifications.webhook import Webhook
from server.publishing.publication_progress import PublicationRuns
from server.publishing.publication_schedule import PublicationSchedule
from server.publishing.publisher import Publisher
from server.publishing.remote_publish_requests import PublishRequests
from server.push.endpoint_policy import EndpointPolicy
from server.push.push_transport import PushTransport
from server.reader.current_editions import CurrentEditions
from server.reader.feeds import FeedService
from server.reader.message_check import MessageChecker
from server.reader.published_notices import PublishedNotices
from server.reader.search import Searcher
from server.rumours.service import RumourDesk
from server.settings import Settings
from server.statistics.brief import Briefs
from server.statistics.brief_content import BriefMaker
from server.statistics.report_history import ReportHistory
from server.supervision.store_watch import StoreWatch
from server.supervision.supervisor import Supervisor
from server.web.app_state import Clock
from server.web.assets import AppFiles
from server.web.fair_queue import FairQueue
from server.web.health import Readiness
from server.web.pdf_printer import PdfPrinter
from server.web.response_cache import ResponseCache
from server.web.site_origin import SiteOrigin
from server.worklist.review_calendar import ReviewCalendar
from server.worklist.worklist import Worklist
from server.writing.drafts import Drafts
from server.writing.form_files import FormFileReader
from server.writing.presence import Presence
from server.writing.preview_cache import PreviewCache
from server.writing.remarks import Remarks
from server.writing.undo import Undo
from server.writing.workspace import Workspace
from sync.editions.archive import Archive
from sync.editions.publishing import SigningKeys
from sync.locale import Translator
from sync.rendering.render import Assets
from sync.store.administration import OpenCouchAdmin, OpenCouchAt
from sync.store.cache_records import CacheRecords
from sync.store.contract import Store

COSTLY_READS = 2  # at a time in this process: searches, and feeds that are not kept
COSTLY_READ_PLACES = 64  # waiting ones


def utc_now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


@dataclass
class Services:
    """`open_couch` opens the administration of the store's CouchDB; None for any other store. `open_couch_at`: that of
    another CouchDB, by its address.
    """

    settings: Settings
    store: Store
    translator: Translator
    app_files: AppFiles
    clock: Clock = utc_now
    response_cache: ResponseCache = field(default_factory=ResponseCache)
    open_couch: OpenCouchAdmin | None = None
    open_couch_at: OpenCouchAt | None = None
    endpoint_policy: EndpointPolicy | None = None
    remote_documents: RemoteDocuments = field(default_factory=RemoteDocuments)
    supervisor: Supervisor = field(default_factory=Supervisor)

    def __post_init__(self) -> None:
        self.assets = Assets(self.app_files.build.css, self.app_files.build.scripts, self.translator)
        self.store_watch = StoreWatch(self.store)
        self.archive = Archive(self.store)
        self.current_editions = CurrentEditions(self.store, self.archive)
        self.costly_reads = FairQueue(COSTLY_READS, COSTLY_READ_PLACES)
        self.feeds = FeedService(
            self.current_editions, self.response_cache, self.costly_reads, CacheRecords(self.store)
        )
        self.published_notices = PublishedNotices(
            self.store, self.current_editions, self.translator, SiteOrigin.from_settings(self.settings).url
        )
        self.search = Searcher(self.translator, self.costly_reads)
        self.message_checker = MessageChecker(self.translator, self.published_notices, self.costly_reads)
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
        self.error_counts: Counter[str] = Counter()
        self.submission_index = SubmissionIndex(
            self.store, self.inbox.node_cache.find_record_id, self.inbox.node_cache.record_admission
        )
        self.inbox.node_cache.change_listeners.append(self.submission_index.mark_changed)
        self.rumour_desk = RumourDesk(self.store, self.submission_index, self.inbox)
        self.inbox.node_cache.change_listeners.append(self.rumour_desk.mark_changed)
        self.workspace = Workspace(self.store)
        self.drafts = Drafts(self.store, self.clock)
        self.undo = Undo(self.store, self.clock)
        self.remarks = Remarks(self.store, self.clock)
        self.presence = Presence(self.store, self.clock)
        self.preview_cache = PreviewCache()
        self.publisher = Publisher(self.store, self.archive, self.assets, self.settings.keys, self.clock)
        self.publication_runs = PublicationRuns(self.supervisor)
        self.publish_requests = PublishRequests(self.store, self.publisher, self.clock)
        self.publication_schedule = PublicationSchedule(
            self.store, self.archive, self.publisher, self.accounts.accounts, self.audit, self.clock
        )
        self.push = PushTransport(self.settings, self.store, self.clock, self.endpoint_policy)
        self.alerts = AlertService(self.push, self.store, self.archive, self.assets, self.clock)
        self.danger_templates = load_danger_templates(self.settings.content)
        self.cap_intake = CapIntake(self.alerts)
        self.feed_watch = FeedWatch(
            self.cap_intake,
            self.remote_documents,
            self.audit,
            self.clock,
            self.translator.language_of,
            time.monotonic,
        )
        self.worklist = Worklist(
            self.store,
            self.workspace,
            self.submission_index,
            self.inbox,
            self.alerts,
            self.publication_schedule,
            self.settings.data,
            self.clock,
        )
        self.review_calendar = ReviewCalendar(self.workspace, self.alerts.drafts, self.publication_schedule)
        self.hub_folder = self._make_hub_folder()
        self.answer_index = AnswerIndex(self.submission_index, self.inbox)
        self.report_history = ReportHistory(self.store, self.submission_index, self.inbox)
        self.briefs = Briefs(self.store, self.clock)
        self.brief_maker = BriefMaker(
            self.store, self.submission_index, self.report_history, self.workspace, self.published_notices
        )
        self.pdf_printer = PdfPrinter()
        self.observer = Observer(
            self.store,
            self.readiness,
            self.supervisor,
            self.current_editions,
            self.worklist,
            self.inbox.verdict_counts,
            self.error_counts,
            self.settings.data,
            self.clock,
        )
        self.console_browsers = ConsoleBrowsers(self.store, self.push)
        self.notifier = self._make_notifier()
        self.edition_download = EditionDownload(self.store, self.archive, self.current_editions.find)
        self.missing_media = MissingMedia(
            self.store, self.edition_download.has_site, self.edition_download.fetch_medium
        )
        self.media = MediaStore(self.store, self.missing_media.get)
        self.converter = MediaConverter()
        self.form_files = FormFileReader()
        self.doctor = Doctor(
            self.settings,
            self.store,
            self.archive,
            self.clock,
            self.open_couch,
            self.submission_index.list_quarantined,
            self.inbox.lost.list_ids,
        )

    def _make_hub_folder(self) -> HubFolder | None:
        """None unless a folder is carried between this machine and a hub without a link."""
        if not self.settings.hub_folder:
            return None
        self.inbox.carrier = socket.gethostname().partition(".")[0]
        return HubFolder(
            Path(self.settings.hub_folder),
            self.store,
            self.current_editions,
            self.inbox,
            self.audit,
            self.clock,
            lambda: self.publisher.keys is not None,
        )

    def _make_notifier(self) -> Notifier:
        return Notifier(
            self.store,
            self.worklist,
            self.console_browsers,
            MailServer.from_settings(self.settings.smtp, self.settings.mail_from),
            Webhook.from_settings(self.settings.webhook),
            self.translator,
            self.clock,
            f"{SiteOrigin.from_settings(self.settings).console_url}/console/",
            self.settings.lang,
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
        state.observer = self.observer
        state.current_editions = self.current_editions
        state.feeds = self.feeds
        state.search = self.search
        state.message_checker = self.message_checker
        state.published_notices = self.published_notices
        state.audit = self.audit
        state.accounts = self.accounts
        state.inbox = self.inbox
        state.submission_index = self.submission_index
        state.rumour_desk = self.rumour_desk
        state.workspace = self.workspace
        state.drafts = self.drafts
        state.remarks = self.remarks
        state.undo = self.undo
        state.presence = self.presence
        state.preview_cache = self.preview_cache
        state.publisher = self.publisher
        state.publication_runs = self.publication_runs
        state.publish_requests = self.publish_requests
        state.publication_schedule = self.publication_schedule
        state.push = self.push
        state.alerts = self.alerts
        state.cap_signer = CapSigner(self.settings.cap_certificate, self.clock)
        state.danger_templates = self.danger_templates
        state.cap_intake = self.cap_intake
        state.worklist = self.worklist
        state.review_calendar = self.review_calendar
        state.answer_index = self.answer_index
        state.report_history = self.report_history
        state.console_browsers = self.console_browsers
        state.briefs = self.briefs
        state.brief_maker = self.brief_maker
        state.pdf_printer = self.pdf_printer
        state.media = self.media
        state.converter = self.converter
        state.form_files = self.form_files
        state.open_couch = self.open_couch
