"""The cost of a tap or a search on a phone: milliseconds, function calls, operations on the phone's store.

Milliseconds depend on the machine and its hour: the bench measures them. Calls and questions to the store are the same
on every run: the tests count those.
"""

from __future__ import annotations

from playwright.sync_api import Page, Worker

SEARCH_TERMS = (
    "installation",
    "fichier de configuration",
    "mot de passe",
    "reseau",
    "paquet",
    "courrier",
    "noyau",
    "securite du systeme",
)

# From the last letter to the first result in the page; the question is new each time.
TIME_SEARCH = """question => new Promise(resolve => {
    const input = document.querySelector('#q'), list = document.querySelector('main .rows')
    const began = performance.now()
    new MutationObserver((_, watch) => { watch.disconnect(); resolve(performance.now() - began) })
        .observe(list, {childList: true})
    input.value = question
    input.dispatchEvent(new Event('input', {bubbles: true}))
})"""
# From a tap on "check" to the answer to a message in the page.
TIME_CHECK = """message => new Promise(resolve => {
    const field = document.querySelector('#message')
    const answer = document.querySelector('[data-feature=check] [role=status]')
    field.value = message
    const began = performance.now()
    const done = (_, watch) => { watch.disconnect(); document.body.offsetHeight; resolve(performance.now() - began) }
    new MutationObserver(done).observe(answer, {childList: true})
    field.form.querySelector('button').click()
})"""
# From a tap on a form's page to the moment when the page has changed and was laid out.
TIME_TAP = """name => new Promise(resolve => {
    const button = [...document.querySelectorAll('main button')].find(one => one.textContent === name)
    const began = performance.now()
    const done = (_, watch) => { watch.disconnect(); document.body.offsetHeight; resolve(performance.now() - began) }
    new MutationObserver(done)
        .observe(document.querySelector('[data-feature=form]'), {childList: true, subtree: true})
    button.click()
})"""
# From an answer to the moment when all that follows from it was computed.
TIME_ANSWER = """() => {
    const field = document.querySelector('form.sheet input, form.sheet textarea')
    const began = performance.now()
    if (field.type === 'radio' || field.type === 'checkbox') field.click()
    else {
        field.value = field.type === 'date' ? '2026-11-20' : field.inputMode === 'numeric' ? '12' : 'un mot'
        field.dispatchEvent(new Event('input', {bubbles: true}))
    }
    document.body.offsetHeight
    return performance.now() - began
}"""
# Answers and goes on, question after question, by itself: nothing from outside takes the page's time.
ANSWER_QUESTIONS = """async count => {
    const pause = () => new Promise(done => setTimeout(done, 150))
    for (let question = 0; question < count; question++) {
        const field = document.querySelector('form.sheet input, form.sheet textarea')
        if (field.type === 'radio' || field.type === 'checkbox') field.click()
        else {
            field.value = field.type === 'date' ? '2026-11-20' : field.inputMode === 'numeric' ? '12' : 'un mot'
            field.dispatchEvent(new Event('input', {bubbles: true}))
        }
        await pause()
        ;[...document.querySelectorAll('form.sheet button')].find(one => one.textContent === 'Suivant').click()
        await pause()
    }
}"""
RECORD_OPERATIONS = """() => {
    self.questions = []
    const reads = ['get', 'getKey', 'getAll', 'getAllKeys', 'count', 'openCursor', 'openKeyCursor']
    for (const name of [...reads, 'put', 'add', 'delete', 'clear']) {
        const real = IDBObjectStore.prototype[name]
        IDBObjectStore.prototype[name] = function (...given) {
            self.questions.push(`${name} ${this.name}`)
            return real.apply(this, given)
        }
    }
}"""
TAKE_OPERATIONS = "() => self.questions.splice(0)"


class CallCounter:
    """Counts the calls of functions in the app's scripts on a page."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._session = page.context.new_cdp_session(page)
        self._session.send("Profiler.enable")
        self._session.send("Profiler.startPreciseCoverage", {"callCount": True, "detailed": False})

    def to_the_end(self) -> int:
        """The calls since the last reading, waiting until no function is called for a while."""
        total = quiet = 0
        while quiet < 5:
            self._page.wait_for_timeout(60)
            calls = self.taken()
            total, quiet = total + calls, 0 if calls else quiet + 1
        return total

    def taken(self) -> int:
        """The calls since the last reading."""
        scripts = self._session.send("Profiler.takePreciseCoverage")["result"]
        ours = [function for script in scripts if "/app/" in script["url"] for function in script["functions"]]
        return sum(function["ranges"][0]["count"] for function in ours)


class StoreOperations:
    """The operations of a page or worker on the phone's store: "get pages", "put drafts"."""

    def __init__(self, asker: Page | Worker) -> None:
        self._asker = asker
        asker.evaluate(RECORD_OPERATIONS)

    def taken(self) -> list[str]:
        """The operations since the last reading, in order."""
        operations: list[str] = self._asker.evaluate(TAKE_OPERATIONS)
        return operations
