// The two screens with sounds: choices (MOS, CMOS, AB, headphone check) and sliders (MUSHRA).

import { el, say, setKeys, show } from "./dom.js";
import { Player } from "./player.js";

// A button for each sound; the screen is told of every change.
function playButton(player, place, label, key, extra = {}) {
  const text = el("span", {}, `Play ${label}`.trim());
  const button = el("button", { type: "button", onclick: () => player.toggle(place), ...extra }, text, el("kbd", {}, key));
  button.setAttribute("aria-keyshortcuts", key);
  const update = () => {
    const on = player.playing === place;
    button.setAttribute("aria-pressed", String(on));
    text.textContent = `${on ? "Stop" : "Play"} ${label}`.trim();
    button.classList.toggle("done", player.heard[place] === true);
  };
  return { button, update };
}

function soundRow(player, place, label, key) {
  const { button, update } = playButton(player, place, label, key);
  const bar = el("progress", { max: 1, value: 0, "aria-hidden": "true" });
  const heard = el("span", { class: "heard" }, "not heard");
  return {
    node: el("div", { class: "sound" }, button, bar, heard),
    update() {
      update();
      heard.textContent = player.heard[place] ? "✓ heard" : "not heard";
      heard.classList.toggle("yes", player.heard[place]);
    },
    draw() {
      bar.value = player.playing !== place && player.heard[place] ? 1 : player.progress(place);
    },
  };
}

// Redraw the bars while something plays.
function animate(player, rows) {
  for (const row of rows) row.draw();
  if (player.playing !== null) requestAnimationFrame(() => animate(player, rows));
}

// While an answer is on its way nothing can be played or changed; the function returned opens the form again.
function close(form, player) {
  player.stop();
  form.inert = true;
  return () => { form.inert = false; };
}

function setFormKeys(form, keys) {
  setKeys(Object.fromEntries(keys.map(([key, action]) => [key, () => { if (!form.inert) action(); }])));
}

function choice({ value, label, key }, onchange) {
  const input = el("input", { type: "radio", name: "answer", value: String(value), onchange });
  return { input, node: el("label", { class: "choice" }, input, el("span", {}, label), el("kbd", {}, key)) };
}

// Calls `submit({ value, plays })` once; sounds are { url, label, key }, choices { value, label, key }.
export async function askChoice({ heading, badge, hint, sounds, choices, submit }) {
  let rows = [];
  const next = el("button", { type: "submit", class: "main", disabled: true }, "Next");
  const told = el("p", { class: "soft" }, "");
  const fieldset = el("fieldset", { disabled: true });
  const chosen = () => options.find(({ input }) => input.checked);
  const update = () => {
    for (const row of rows) row.update();
    animate(player, rows);
    const opens = fieldset.disabled && player.allHeard;
    if (opens) fieldset.disabled = false;
    next.disabled = !(player.allHeard && chosen());
    told.textContent = player.allHeard ? "" : `Listen to the end first${sounds.length > 1 ? ", to all of them" : ""}.`;
    if (opens) say("You can answer now.");
  };
  const player = new Player(update);
  const options = choices.map((one) => choice(one, update));
  fieldset.append(el("legend", { class: "unseen" }, heading), ...options.map(({ node }) => node));
  await player.load(sounds.map(({ url }) => url));
  rows = sounds.map(({ label, key }, place) => soundRow(player, place, label, key));
  const form = el("form", {}, el("div", { class: "sounds" }, ...rows.map(({ node }) => node)), fieldset, el("div", { class: "row" }, next, told));
  form.onsubmit = (event) => {
    event.preventDefault();
    if (next.disabled || form.inert) return;
    const again = close(form, player);
    submit({ value: Number(chosen().input.value), plays: player.plays, again });
  };
  show(heading, badge && el("p", { class: "badge" }, badge), hint && el("p", {}, hint), form);
  const choose = ({ input }) => { if (!fieldset.disabled) { input.focus(); input.click(); } };
  setFormKeys(form, [
    ...sounds.map(({ key }, place) => [key, () => player.toggle(place)]),
    ...options.map((option, at) => [choices[at].key, () => choose(option)]),
  ]);
  update();
}

function slider(player, place, label, key, bands, onchange) {
  const { button, update } = playButton(player, place, label, key);
  const output = el("output", {}, "–");
  const input = el("input", { type: "range", min: 0, max: 100, step: 1, value: 50, disabled: true, "aria-label": `Quality of ${label}` });
  const node = el("div", { class: "rated unset" }, button, input, output);
  const set = () => {
    node.classList.remove("unset");
    output.textContent = input.value;
    input.setAttribute("aria-valuetext", `${input.value}, ${bands[4 - Math.min(4, Math.floor(input.value / 20))]}`);
    onchange();
  };
  input.setAttribute("aria-valuetext", "not rated");
  input.oninput = set;
  input.onclick = set; // to leave it where it stands is an answer too
  return { node, button, input, update, isSet: () => !node.classList.contains("unset"), open: () => { input.disabled = false; } };
}

// Calls `submit({ values, plays })` once; the last of `sounds` is the open reference.
export async function askSliders({ heading, badge, hint, sounds, bands, submit }) {
  let rows = [];
  const last = sounds.length - 1;
  const next = el("button", { type: "submit", class: "main", disabled: true }, "Next");
  const told = el("p", { class: "soft" }, "");
  const update = () => {
    for (const row of rows) row.update();
    reference.update();
    rows.forEach((row, place) => { if (player.heard[place] && player.heard[last]) row.open(); });
    next.disabled = !(player.allHeard && rows.every((row) => row.isSet()));
    told.textContent = player.allHeard ? "" : "Listen to the reference and to every sound to the end.";
    if (player.allHeard && next.disabled) told.textContent = "Move every slider; one of them belongs at 100.";
  };
  const player = new Player(update);
  const reference = playButton(player, last, sounds[last].label, sounds[last].key);
  await player.load(sounds.map(({ url }) => url));
  rows = sounds.slice(0, last).map(({ label, key }, place) => slider(player, place, label, key, bands, update));
  const scale = el("div", { class: "bands", "aria-hidden": "true" }, el("div", {}, ...[...bands].reverse().map((band) => el("span", {}, band))));
  const form = el("form", {}, el("p", { class: "lone" }, reference.button), scale, ...rows.map(({ node }) => node), el("p", {}), el("div", { class: "row" }, next, told));
  form.onsubmit = (event) => {
    event.preventDefault();
    if (next.disabled || form.inert) return;
    const again = close(form, player);
    submit({ values: rows.map(({ input }) => Number(input.value)), plays: player.plays.slice(0, last), again });
  };
  show(heading, badge && el("p", { class: "badge" }, badge), hint && el("p", {}, hint), form);
  setFormKeys(form, sounds.map(({ key }, place) => [key, () => player.toggle(place)]));
  update();
}
