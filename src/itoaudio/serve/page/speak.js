// Type, listen, see the words light up, download.

import { events, file, samples } from "./api.js";
import { peaks, waveform } from "./pictures.js";
import { Player } from "./player.js";

const RATE = 24000; // of the format pcm
const STRETCHES = 400;
const SHAPE_EVERY_MS = 250;
const LINGER_SECONDS = 0.2; // a word stays lit over the little silence after it
const find = (id) => document.getElementById(id);
const canvas = find("wave");
const status = find("speak-status");
const player = new Player(RATE, () => { show(); buttons(); });

let words = [];
let shape = null;
let drawn = 0;
let asking = null;

export function tell(element, text, bad = false) {
  element.textContent = text;
  element.classList.toggle("bad", bad);
}

function body() {
  const steps = find("steps").value;
  return {
    model: "itoaudio",
    input: find("text").value,
    voice: find("voice").value,
    speed: Number(find("speed").value),
    seed: Number(find("seed").value),
    ...(find("preset").value && { preset: find("preset").value }),
    ...(steps && { steps: Number(steps) }),
  };
}

function buttons() {
  find("stop").disabled = !asking && !player.playing;
  find("play").disabled = player.length === 0;
  find("play").textContent = player.playing ? "Pause" : "Play";
  find("position").disabled = player.length === 0;
}

function show() {
  const position = player.position;
  const last = player.playing ? words.findLast(({ start }) => start <= position) : null;
  const now = last && position < last.end + LINGER_SECONDS ? last : null;
  for (const word of words) word.element.classList.toggle("lit", word === now);
  waveform(canvas, shape, player.duration, position, now);
  find("position").max = player.duration;
  find("position").value = position;
  find("position").setAttribute("aria-valuetext", `${position.toFixed(1)} seconds`);
  find("clock").textContent = `${position.toFixed(1)} / ${player.duration.toFixed(1)} s`;
}

/** The waveform of what has come, at most every `pause` ms: a long text comes in many pieces. */
function redraw(pause) {
  if (performance.now() - drawn < pause) return;
  shape = peaks(player.chunks, player.length, STRETCHES);
  drawn = performance.now();
}

function animate() {
  show();
  if (player.playing) requestAnimationFrame(animate);
}

function start(from) {
  player.play(from);
  buttons();
  animate();
}

function addWords(found) {
  for (const word of found) {
    const element = document.createElement("span");
    element.textContent = word.word;
    element.addEventListener("click", () => start(word.start));
    find("words").append(element, " ");
    words.push({ ...word, element });
  }
}

async function speak() {
  stop();
  player.clear();
  words = [];
  shape = null;
  drawn = 0;
  find("words").replaceChildren();
  asking = new AbortController();
  const mine = asking;
  const begun = performance.now();
  let first = null;
  tell(status, "Speaking …");
  start(0);
  const request = { ...body(), response_format: "pcm", stream_format: "sse", timestamps: true };
  try {
    for await (const event of events("v1/audio/speech", request, mine.signal)) {
      if (event.words) addWords(event.words);
      if (event.audio) {
        first ??= performance.now() - begun;
        player.add(samples(event.audio));
        redraw(SHAPE_EVERY_MS);
      }
    }
    redraw(0);
    const all = ((performance.now() - begun) / 1000).toFixed(2);
    tell(status, `${player.duration.toFixed(2)} s of speech in ${all} s, the first after ${(first / 1000).toFixed(2)} s.`);
    player.finish();
  } catch (error) {
    player.stop();
    if (error.name !== "AbortError") tell(status, error.message, true);
  }
  if (asking === mine) asking = null;
  buttons();
  show();
}

function stop() {
  asking?.abort();
  asking = null;
  player.stop();
  buttons();
  show();
}

async function download() {
  const format = find("format").value;
  tell(status, `Making ${format} …`);
  try {
    const blob = await file("v1/audio/speech", { ...body(), response_format: format });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `speech.${format}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    tell(status, `speech.${format}: ${Math.ceil(blob.size / 1024)} kB.`);
  } catch (error) {
    tell(status, error.message, true);
  }
}

export function listen() {
  find("speak-form").addEventListener("submit", (event) => { event.preventDefault(); speak(); });
  find("text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) find("speak-form").requestSubmit();
  });
  find("take").addEventListener("click", () => {
    find("seed").value = Math.floor(Math.random() * 1e6);
    find("speak-form").requestSubmit();
  });
  find("stop").addEventListener("click", () => { stop(); tell(status, "Stopped."); });
  find("play").addEventListener("click", () => {
    if (player.playing) player.stop(); else start(player.rest);
    buttons();
  });
  find("position").addEventListener("input", () => start(Number(find("position").value)));
  canvas.addEventListener("click", (event) => {
    if (player.length) start((event.offsetX / canvas.clientWidth) * player.duration);
  });
  find("speed").addEventListener("input", () => { find("speed-shown").textContent = Number(find("speed").value).toFixed(2); });
  find("download").addEventListener("click", download);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  window.addEventListener("resize", show);
  show();
}
