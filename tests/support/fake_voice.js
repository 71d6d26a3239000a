// A phone's voice for stories: it keeps what it is told to say in `said`, and each sentence ends when the story says so.
(() => {
  const given = globalThis.fakeVoice ?? {};
  let current = null;
  globalThis.said = [];
  const synthesis = {
    getVoices: () => [{ voiceURI: "fake", name: "fake", lang: given.lang ?? "fr_FR", localService: true, default: true }],
    speak(utterance) {
      current = utterance;
      globalThis.said.push(utterance.text);
      if (!given.silent) setTimeout(() => current === utterance && utterance.onstart?.());
    },
    cancel() {
      const ended = current;
      current = null;
      ended?.onend?.();
    },
    finish() {
      synthesis.cancel();
    },
    addEventListener() {},
  };
  globalThis.SpeechSynthesisUtterance = class {
    constructor(text) {
      this.text = text;
    }
  };
  Object.defineProperty(globalThis, "speechSynthesis", { value: synthesis });
})();
