/**
 * Questions that lead from a harm to the steps that fit: a state machine over the routes of a country. Pure functions
 * of the routes and of the answers so far, so that going back is leaving out the last answer. Twin:
 * sync/complaints/path_questions.py.
 */

/** The outline of a harm's path, for the questions. `steps`: each with the question whose "no" leaves it out, or "". */
export interface RouteOutline {
  readonly contact: boolean;
  readonly instead: readonly string[];
  readonly steps: readonly (readonly [step: string, ask: string])[];
}

export type Routes = Readonly<Record<string, RouteOutline>>;
export type PathAnswers = Readonly<Record<string, "yes" | "no">>;

/** The end of the questions: the harm whose path it is, and its steps in order. */
export interface ChosenPath {
  readonly harm: string;
  readonly inDanger: boolean;
  readonly steps: readonly string[];
}

const CHILD = "child";
/** Steps that write to the offender, or to who runs the site or the group, who may be the person feared. */
const WRITTEN_TO: readonly string[] = ["offender", "site"];

/** The code of the first question without an answer: "danger", "instead-<harm>", "threat", "step-<step>"; or null. */
export function nextQuestion(routes: Routes, harm: string, answers: PathAnswers): string | null {
  const { questions, reached } = follow(routes, harm, answers);
  return (
    ["danger", ...questions, ...stepQuestions(routeOf(routes, reached), answers)].find(
      (question) => !(question in answers),
    ) ?? null
  );
}

/**
 * The path that the answers so far lead to; a question that is not answered yet leaves its step in. Steps of WRITTEN_TO
 * are left out until both "danger" and "threat" are answered with "no".
 */
export function chosenPath(routes: Routes, harm: string, answers: PathAnswers): ChosenPath {
  const { reached } = follow(routes, harm, answers);
  const route = routeOf(routes, reached);
  const steps = route.steps.filter(([step, ask]) => fits(route, step, ask, answers)).map(([step]) => step);
  return { harm: reached, inDanger: answers.danger === "yes", steps };
}

/** The questions about graver cases, each asked once, and the harm that a "yes" has led to. */
function follow(routes: Routes, harm: string, answers: PathAnswers): { questions: string[]; reached: string } {
  const questions: string[] = [];
  const seen = new Set([harm]);
  let reached = harm;
  let pending = graverHarms(routes, reached);
  for (let other = pending.shift(); other !== undefined; other = pending.shift()) {
    if (seen.has(other)) continue;
    seen.add(other);
    questions.push(`instead-${other}`);
    if (answers[`instead-${other}`] !== "yes") continue;
    reached = other;
    pending = graverHarms(routes, reached);
  }
  return { questions, reached };
}

/** The harms to ask about; that of a child too wherever the offender may be written to. */
function graverHarms(routes: Routes, harm: string): string[] {
  const route = routeOf(routes, harm);
  const harms = [...route.instead];
  if (mayContact(route) && CHILD in routes && !harms.includes(CHILD)) harms.push(CHILD);
  return harms;
}

function stepQuestions(route: RouteOutline, answers: PathAnswers): string[] {
  const isOpen = mayContact(route) && answers.danger !== "yes";
  const isSafe = isOpen && answers.threat !== "yes";
  const asked = route.steps.filter(([step, ask]) => ask !== "" && (!WRITTEN_TO.includes(step) || isSafe));
  return [...(isOpen ? ["threat"] : []), ...asked.map(([step]) => `step-${step}`)];
}

function fits(route: RouteOutline, step: string, ask: string, answers: PathAnswers): boolean {
  const answer = answers[`step-${step}`];
  if (!WRITTEN_TO.includes(step)) return answer !== "no";
  const isAllowed = route.contact && answers.danger === "no" && answers.threat === "no";
  return isAllowed && (answer === "yes" || ask === "");
}

function mayContact({ contact, steps }: RouteOutline): boolean {
  return contact && steps.some(([step]) => WRITTEN_TO.includes(step));
}

function routeOf(routes: Routes, harm: string): RouteOutline {
  const route = routes[harm];
  if (!route) throw new Error(`no route for ${harm}`);
  return route;
}
