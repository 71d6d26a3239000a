"""The claims that a message resembles."""

from __future__ import annotations

from sync.claims.claim_index import ClaimIndex, KnownClaim, likeness, likeness_of, report_tokens

INDEX = ClaimIndex.build(
    [
        KnownClaim("depot", "Dépôt par erreur", "Un inconnu s’est trompé, il faut lui renvoyer la somme."),
        KnownClaim("megas", "Mégas gratuits", "Un message offre des mégas gratuits. Il faut toucher un lien."),
    ]
)


def test_a_message_resembles_the_claim_that_says_the_same() -> None:
    match = INDEX.match("il s’est trompé, il faut renvoyer la somme")
    assert match.verdict != "nothing"
    assert match.hits[0].slug == "depot"
    assert {"trompé", "renvoyer", "somme"} <= set(match.hits[0].matched)


def test_a_message_about_something_else_resembles_nothing() -> None:
    assert INDEX.match("On se voit au marché demain matin ?").verdict == "nothing"
    assert INDEX.match("").verdict == "nothing"


def test_a_warning_about_a_claim_is_not_surely_that_claim() -> None:
    claim = "Mégas gratuits : un message offre des mégas, touchez le lien et recevez vos mégas gratuits"
    assert INDEX.match(claim).verdict == "sure"
    warning = INDEX.match(f"Méfiez-vous, c’est faux, ne cliquez pas. {claim}")
    assert (warning.verdict, warning.hits[0].slug) == ("perhaps", "megas")


def test_two_messages_with_the_same_words_are_alike_and_others_are_not() -> None:
    assert likeness("La plante guérit tout", "la PLANTE guerit tout !!") == 100
    assert likeness("La plante guérit tout", "Le pont est fermé") == 0


def test_a_message_that_is_read_once_is_compared_with_many() -> None:
    plant, bridge = report_tokens("La plante guérit tout"), report_tokens("Le pont est fermé")
    misspelt = report_tokens("la plantte gueri tout")
    assert likeness_of(misspelt, plant) > 80 > likeness_of(misspelt, bridge) == 0
    assert report_tokens("").weight == 0 == likeness_of(report_tokens(""), plant)
