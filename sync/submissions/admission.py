"""Admission of submissions: form, device, signature, answers and quota (PROTOCOL.md, section 11)."""

from __future__ import annotations

from typing import Any, Protocol

from anyio import to_thread

from sync.errors import Refused
from sync.forms.answer_checks import check_answers
from sync.forms.compiled_form import Form
from sync.submissions.body_lines import SubmissionLine
from sync.submissions.devices import Device
from sync.submissions.signatures import SignatureClaim
from sync.submissions.submission import Submission, parse_submission

LONG_TEXT = 16 * 1024  # characters; a longer text takes milliseconds to parse and is parsed in a thread


class SubmissionRegistry(Protocol):
    """The state of a node that admission needs, available without a store access for each submission."""

    async def form(self, version: str) -> Form | None: ...

    async def device(self, id: str) -> Device | None: ...

    def is_erased(self, id: str) -> bool: ...

    def record_id(self, id: str) -> str:
        """Id of the record that contains the submission, or will contain it."""

    def try_take(self, device: str, sender: str = "", position: int = 0) -> int:
        """Take one submission of this device ("": the public) from the quota.

        `sender`: the request's origin, told apart for fairness alone. `position`: index of the submission in its
        request. Returns 0, or the seconds to wait; then nothing was taken.
        """


class InvalidAnswers(Refused):
    """`failure`: the first invalid answer."""

    def __init__(self, failure: list[Any]) -> None:
        super().__init__("answers-refused", "Une réponse ne convient pas : {question}.", question=failure[1])
        self.failure = failure


class Admission:
    def __init__(self, registry: SubmissionRegistry) -> None:
        self._registry = registry

    async def prepare_claim(self, line: SubmissionLine, site: str) -> SignatureClaim:
        """Check everything but signature, answers and quota, and return the signature to check. Raises Refused."""
        submission = await _parse(line.text)
        if submission.site != site:
            raise Refused("site-other", "Ce fichier est pour un autre site : {site}.", site=submission.site)
        if self._registry.is_erased(submission.id):
            raise Refused("erased", "Cet envoi a été effacé, à la demande de quelqu’un ou à la fin de son délai.")
        form = await self._registry.form(submission.version)
        if form is None or form.slug != submission.form:
            raise Refused(
                "form-unknown",
                "Ce site ne connaît pas cette version du formulaire.",
                "Gardez l’envoi et prévenez votre coordinateur.",
            )
        return SignatureClaim(submission, form, await self._public_key(submission, form), line.signature)

    def admit(self, claim: SignatureClaim, is_signature_valid: bool, sender: str = "", position: int = 0) -> int:
        """Check answers and quota. Returns 0, or the seconds to wait. Raises Refused."""
        if not is_signature_valid:
            raise Refused(
                "signature-false", "La signature n’est pas celle du téléphone : quelqu’un a changé cet envoi."
            )
        self._check_content(claim.submission, claim.form)
        return self._registry.try_take(claim.submission.device, sender, position)

    async def _public_key(self, submission: Submission, form: Form) -> str:
        """The key that must have signed the submission; "" for a public report. Raises Refused."""
        if not submission.device:
            if not form.is_public:
                raise Refused(
                    "device-missing",
                    "Ce formulaire demande un téléphone inscrit.",
                    "Inscrivez ce téléphone avec un code.",
                )
            return ""
        device = await self._registry.device(submission.device)
        if device is None:
            raise Refused("device-unknown", "Ce téléphone n’est pas connu ici.", "Demandez un nouveau code.")
        if code := device.refusal_code(submission.day):
            raise Refused(code, "Ce téléphone n’a plus le droit d’envoyer.", "Parlez-en à votre coordinateur.")
        return device.key

    @staticmethod
    def _check_content(submission: Submission, form: Form) -> None:
        if form.is_sealed and submission.sealed is None:
            raise Refused("sealed-missing", "Ce formulaire doit être scellé.", "Mettez l’application à jour.")
        if not form.is_sealed and submission.sealed is not None:
            raise Refused("sealed-unexpected", "Ce formulaire n’est pas scellé.", "Mettez l’application à jour.")
        if submission.sealed is None:
            failure = check_answers(form, submission.answers, submission.day, len(submission.files))
            if failure:
                raise InvalidAnswers(failure.as_json())


async def _parse(text: str) -> Submission:
    return await to_thread.run_sync(parse_submission, text) if len(text) > LONG_TEXT else parse_submission(text)
