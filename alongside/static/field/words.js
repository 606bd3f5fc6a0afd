// Sentences for people. They stand in the shell, translated: <template id="words"><p data-word="full">…</p></template>.

export function say(code, values = {}) {
  const found = ["words", "faults"].map((name) =>
    document.getElementById(name)?.content.querySelector(`[data-word="${code}"]`)?.textContent.trim());
  return (found.find(Boolean) ?? code).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

// What went wrong, as one sentence (`message`) and a word for the program (`code`); values such as `left` come along.
export class Fault extends Error {
  constructor(code, values = {}) {
    super(say(code, values));
    Object.assign(this, { name: "Fault", code }, values);
  }
}
