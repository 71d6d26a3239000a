"""Admission of submissions: shape, site, form, device, signature and answers (PROTOCOL.md, section 11).

The same judge serves requests and bundles (`inbox.py`) and stored records (`record_admission.py`): the road on which a
submission arrived changes nothing.
"""

from __future__ import annotations

from typing import Any, Protocol

from sync.errors import Refused
from sync.forms.answer_checks import check_answers
from sync.forms.compiled_form import Form
from sync.submissions.body_lines import SubmissionLine
from sync.submissions.devices import Device
from sync.submissions.signatures import SignatureClaim
from sync.submissions.submission import Submission


class SubmissionRegistry(Protocol):
    """The state of a node that admission needs, mostly available without a store access for each submission."""

    async def form(self, version: str) -> Form | None: ...

    async def device(self, id: str) -> Device | None: ...

    def is_erased(self, id: str) -> bool: ...


class InvalidAnswers(Refused):
    """`failure`: the first invalid answer."""

    def __init__(self, failure: list[Any]) -> None:
        super().__init__("answers-refused", "Une réponse ne convient pas : {question}.", question=failure[1])
        self.failure = failure


class Admission:
    def __init__(self, registry: SubmissionRegistry) -> None:
        self._registry = registry

    async def prepare_claim(
        self, submission: Submission, line: SubmissionLine, site: str | None, arrived_on: str = ""
    ) -> SignatureClaim:
        """Check everything but signature and content of a line's submission. Raises Refused.

        Returns the signature to check. `site`: None where nothing is published yet, and so no form is known.
        `arrived_on`: the day on which headquarters admitted the submission, "" if it has not yet.
        """
        if site is not None and submission.site != site:
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
        key = await self._public_key(submission, form, arrived_on)
        return SignatureClaim(submission, form, key, line.signature)

    @staticmethod
    def check(claim: SignatureClaim, is_signature_valid: bool) -> None:
        """Check the signature's result, then seal and answers. Raises Refused."""
        if not is_signature_valid:
            raise Refused(
                "signature-false", "La signature n’est pas celle du téléphone : quelqu’un a changé cet envoi."
            )
        _check_content(claim.submission, claim.form)

    async def _public_key(self, submission: Submission, form: Form, arrived_on: str) -> str:
        """The key that must have signed the submission; "" for a public report. Raises Refused.

        A device that ended or was revoked later does not take back what headquarters admitted before: the earlier of
        the day in the submission and the day of its arrival counts.
        """
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
        if code := device.refusal_code(min(submission.day, arrived_on or submission.day)):
            raise Refused(code, "Ce téléphone n’a plus le droit d’envoyer.", "Parlez-en à votre coordinateur.")
        return device.key


def _check_content(submission: Submission, form: Form) -> None:
    if form.is_sealed and submission.sealed is None:
        raise Refused("sealed-missing", "Ce formulaire doit être scellé.", "Mettez l’application à jour.")
    if not form.is_sealed and submission.sealed is not None:
        raise Refused("sealed-unexpected", "Ce formulaire n’est pas scellé.", "Mettez l’application à jour.")
    if submission.sealed is None:
        failure = check_answers(form, submission.answers, submission.day, len(submission.files))
        if failure:
            raise InvalidAnswers(failure.as_json())
