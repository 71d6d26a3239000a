"""Questions that lead from a harm to the steps that fit: a state machine over the routes of a country.

`next_question` and `chosen_path` are pure functions of the routes and of the answers so far, so that going back is
leaving out the last answer. Twin: pwa/src/protocol/path-questions.ts, pinned by tests/vectors/path-questions.json.

Whatever is answered, nobody is led to the offender where the route forbids it, in danger, under threat, or without
having said that writing is safe; nor, in danger or under threat, to who runs the site or the group: the person feared
may be that one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from sync.complaints.complaint_path import ComplaintPath

DANGER = "danger"  # in danger now?
THREAT = "threat"  # is somebody threatening, or asking for money?
CHILD = "child"
OFFENDER = "offender"
SITE = "site"  # who runs the site, the page or the group may be the person feared
WRITTEN_TO = (OFFENDER, SITE)

Answer: TypeAlias = Literal["yes", "no"]
Answers: TypeAlias = Mapping[str, Answer]


@dataclass(frozen=True, slots=True)
class StepOutline:
    """A step of a route. `ask`: the question whose "no" leaves the step out; "": the step always fits."""

    step: str
    ask: str


@dataclass(frozen=True, slots=True)
class RouteOutline:
    """The outline of a harm's path, for the questions. `instead`: harms of graver cases, each with a route."""

    harm: str
    contact_offender: bool
    instead: tuple[str, ...]
    steps: tuple[StepOutline, ...]

    @property
    def may_contact_offender(self) -> bool:
        """True if a step writes to the offender, or to who may be the offender."""
        return self.contact_offender and any(step.step in WRITTEN_TO for step in self.steps)


@dataclass(frozen=True, slots=True)
class ChosenPath:
    """The end of the questions: the harm whose path it is, its steps in order, and whether danger comes first."""

    harm: str
    in_danger: bool
    steps: tuple[str, ...]


Routes: TypeAlias = Mapping[str, RouteOutline]


def outline_routes(paths: Iterable[ComplaintPath]) -> dict[str, RouteOutline]:
    """The outlines of a country's resolved paths, by harm."""
    return {
        path.harm: RouteOutline(
            path.harm,
            path.contact_offender,
            tuple(harm for harm, _ in path.instead),
            tuple(StepOutline(step.step, step.ask) for step in path.steps),
        )
        for path in paths
    }


def outlines_as_json(routes: Routes) -> dict[str, Any]:
    """The outlines as they stand in the page of a case and in the vectors."""
    return {
        harm: {
            "contact": route.contact_offender,
            "instead": list(route.instead),
            "steps": [[step.step, step.ask] for step in route.steps],
        }
        for harm, route in routes.items()
    }


def next_question(routes: Routes, harm: str, answers: Answers) -> str | None:
    """The code of the first question without an answer: DANGER, "instead-<harm>", THREAT or "step-<step>".

    None at the end. `harm`: the one that the person chose.
    """
    graver, reached = _follow(routes, harm, answers)
    questions = [DANGER, *graver, *_step_questions(routes[reached], answers)]
    return next((question for question in questions if question not in answers), None)


def chosen_path(routes: Routes, harm: str, answers: Answers) -> ChosenPath:
    """The path that the answers so far lead to; a question that is not answered yet leaves its step in.

    Steps of WRITTEN_TO are left out until both DANGER and THREAT are answered with "no".
    """
    _, reached = _follow(routes, harm, answers)
    steps = tuple(step.step for step in routes[reached].steps if _fits(routes[reached], step, answers))
    return ChosenPath(reached, answers.get(DANGER) == "yes", steps)


def _follow(routes: Routes, harm: str, answers: Answers) -> tuple[list[str], str]:
    """The questions about graver cases, each asked once, and the harm that a "yes" has led to."""
    questions: list[str] = []
    reached = harm
    pending = _graver_harms(routes, reached)
    seen = {harm}
    while pending:
        other = pending.pop(0)
        if other in seen:
            continue
        seen.add(other)
        questions.append(f"instead-{other}")
        if answers.get(f"instead-{other}") == "yes":
            reached = other
            pending = _graver_harms(routes, reached)
    return questions, reached


def _graver_harms(routes: Routes, harm: str) -> list[str]:
    """The harms to ask about; that of a child too wherever the offender may be written to."""
    route = routes[harm]
    harms = list(route.instead)
    if route.may_contact_offender and CHILD in routes and CHILD not in harms:
        harms.append(CHILD)
    return harms


def _step_questions(route: RouteOutline, answers: Answers) -> list[str]:
    is_safe = route.may_contact_offender and answers.get(DANGER) != "yes"
    questions = [THREAT] if is_safe else []
    is_safe = is_safe and answers.get(THREAT, "no") == "no"
    questions += [f"step-{step.step}" for step in route.steps if step.ask and (step.step not in WRITTEN_TO or is_safe)]
    return questions


def _fits(route: RouteOutline, step: StepOutline, answers: Answers) -> bool:
    answer = answers.get(f"step-{step.step}")
    if step.step not in WRITTEN_TO:
        return answer != "no"
    is_allowed = route.contact_offender and answers.get(DANGER) == "no" and answers.get(THREAT) == "no"
    return is_allowed and (answer == "yes" or not step.ask)
