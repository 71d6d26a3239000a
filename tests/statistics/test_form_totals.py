"""Totals of a form leave out what another page shows, since both together would give small groups away."""

from __future__ import annotations

from server.statistics.report_history import dashboard_questions
from sync.forms.compiled_form import Form
from sync.statistics.form_totals import protected_totals
from tests.support.xlsforms import compiled, q

CHOICES = """
regions ML-1 Kayes
regions ML-5 Mopti
villages sare Saré region=ML-5
villages niono Niono region=ML-1
oui oui Oui
oui non Non
"""


def test_regions_and_the_villages_in_them_are_left_to_the_dashboard() -> None:
    survey = (
        q("select_one regions", "region"),
        q("select_one villages", "village", choice_filter="region=${region}"),
        q("select_one oui", "accord"),
    )
    form = Form(compiled(*survey, choices=CHOICES))
    assert form.json["place"] == "region"
    answers = [{"region": "ML-5", "village": "sare", "accord": "oui"}] * 9
    assert "village" in {each.name for each in protected_totals(form, answers)}
    [shown] = protected_totals(form, answers, shown_elsewhere=dashboard_questions(form))
    assert shown.name == "accord" and [bar.count for bar in shown.bars] == [9, 0]
