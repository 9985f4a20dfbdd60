// The way through the test: consent, volume, headphone check, screens, code. The server knows what is next.

import { byId, el, paragraphs, say, setKeys, show, startKeys } from "./dom.js";
import { Player } from "./player.js";
import { askChoice, askSliders } from "./screens.js";

const LETTERS = "ABCDEFGHIJKL";
let test = null;
let token = null;

// Listeners who share a computer come with `?participant=NAME` each.
const storageKey = () => `itoaudio-listen-${test.id}-${participant() ?? ""}`;

async function call(path, body) {
  const options = body ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : {};
  const answer = await fetch(path, options);
  const said = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(said.error.message), { status: answer.status });
  return said;
}

// Run `action`; if it fails, say so and offer to try again. Nothing that was answered is lost.
async function attempt(action, again = () => {}) {
  byId("alert").replaceChildren();
  try {
    await action();
  } catch (error) {
    again();
    const known = error.status !== undefined;
    const text = known ? `${error.message[0].toUpperCase()}${error.message.slice(1)}.` : "The connection failed; your answers so far are saved.";
    byId("alert").replaceChildren(text, el("button", { type: "button", onclick: () => attempt(action, again) }, "Try again"));
  }
}

function participant() {
  const asked = new URLSearchParams(location.search);
  return asked.get("PROLIFIC_PID") ?? asked.get("workerId") ?? asked.get("participant");
}

function askConsent() {
  const box = el("input", { type: "checkbox", required: true, id: "consent" });
  const form = el("form", {}, el("label", { class: "consent" }, box, "I have read this, and I take part."), el("button", { type: "submit", class: "main" }, "Begin"));
  form.onsubmit = (event) => {
    event.preventDefault();
    attempt(async () => {
      ({ token } = await call("api/raters", { consent: box.checked, external: participant() }));
      localStorage.setItem(storageKey(), token);
      await prepare("Before you begin");
    });
  };
  show("Welcome", ...paragraphs(test.consent), form);
}

// Volume and instructions: also the first key or click after a resumed visit, which browsers want for sound.
async function prepare(heading) {
  setKeys({});
  const state = await call(`api/raters/${token}`);
  if (state.step === "done") return go(state);
  const label = el("span", {}, "Play noise");
  const player = new Player(() => { label.textContent = player.playing === null ? "Play noise" : "Stop noise"; });
  await player.load(["sound/volume"]);
  show(
    heading,
    ...paragraphs(test.instructions),
    test.attention && el("p", {}, test.attention),
    el("p", {}, "Go to a quiet place and put on headphones. Play the noise and set the volume so that it is as loud as a person who talks to you; then leave the volume as it is."),
    el("div", { class: "row" },
      el("button", { type: "button", onclick: () => player.toggle(0) }, label),
      el("button", { type: "button", class: "main", onclick: () => { player.stop(); attempt(() => go(state)); } }, "Go on")),
    el("p", {}),
    el("p", { class: "soft" }, "You may close this page at any time; in the same browser you go on where you stopped."),
  );
}

async function go(state) {
  setKeys({});
  byId("progress").hidden = state.step !== "screen";
  const steps = { headphones: askTone, screen: askScreen, done: thank, refused: refuse };
  await steps[state.step](state);
}

const send = (path, body, again) => attempt(async () => go(await call(path, body)), again);

function askTone({ attempt: round, trial, of }) {
  const numbers = [1, 2, 3];
  return askChoice({
    heading: "Which tone is the softest?",
    badge: `Headphone check, ${trial + 1} of ${of}${round ? ", once more" : ""}`,
    hint: "With headphones this is easy; with loudspeakers it is not.",
    sounds: numbers.map((n) => ({ url: `tone/${token}/${round}/${trial}/${n - 1}`, label: `tone ${n}`, key: "abc"[n - 1] })),
    choices: numbers.map((n) => ({ value: n - 1, label: `Tone ${n}`, key: String(n) })),
    submit: ({ value, again }) => send(`api/raters/${token}/tones`, { attempt: round, trial, choice: value }, again),
  });
}

function askScreen({ number, of, practice, sounds, reference }) {
  byId("count").textContent = `${number + 1} of ${of}`;
  Object.assign(byId("bar"), { value: number, max: of });
  say(`Screen ${number + 1} of ${of}`);
  const base = `sound/${token}/${number}`;
  const names = sounds === 1 ? [""] : [...LETTERS.slice(0, sounds)];
  const heard = names.map((label, place) => ({ url: `${base}/${place}`, label, key: sounds === 1 ? "p" : label.toLowerCase() }));
  const common = { heading: test.question, badge: practice ? "Practice: these answers do not count" : "" };
  const path = `api/raters/${token}/answers`;
  if (reference) {
    return askSliders({
      ...common,
      sounds: [...heard, { url: `${base}/reference`, label: "reference", key: "r" }],
      bands: test.bands,
      submit: ({ values, plays, again }) => send(path, { number, values, plays }, again),
    });
  }
  const choices = test.choices.map(({ value, label }, at) => ({ value, label, key: String(test.kind === "mos" ? value : at + 1) }));
  return askChoice({
    ...common,
    sounds: heard,
    choices,
    submit: ({ value, plays, again }) => send(path, { number, values: [value], plays }, again),
  });
}

function thank({ code }) {
  const copy = el("button", { type: "button" }, "Copy the code");
  copy.onclick = async () => {
    await navigator.clipboard.writeText(code);
    say("Copied.");
    copy.textContent = "Copied";
  };
  show("Thank you", el("p", {}, "All your answers are saved. This is your completion code:"), el("output", { class: "code", id: "code" }, code), copy);
}

function refuse() {
  show("Thank you for trying", el("p", {}, "This test needs headphones, and the check did not find them. You may close this page."));
}

async function start() {
  test = await call("api/test");
  document.title = test.title;
  byId("title").textContent = test.title;
  token = localStorage.getItem(storageKey());
  if (!token) return askConsent();
  try {
    await prepare("Welcome back");
  } catch (error) {
    if (error.status !== 404) throw error;
    localStorage.removeItem(storageKey()); // the test was begun anew
    askConsent();
  }
}

startKeys();
attempt(start);
