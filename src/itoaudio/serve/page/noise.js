// Noise becomes speech: the states of two samplers at one time, side by side.

import { bytes, events, samples } from "./api.js";
import { spectrogram } from "./pictures.js";
import { Player } from "./player.js";
import { tell } from "./speak.js";

const SECONDS_THROUGH = 4;
const find = (id) => document.getElementById(id);
const status = find("noise-status");
const time = find("time");

let player = null;
let asking = null;

class Side {
  constructor(name) {
    this.name = name;
    this.moments = [];
    find(`hear-${name}`).addEventListener("click", () => this.hear());
  }

  get moment() {
    const level = 1 - Number(time.value);
    const distance = (moment) => Math.abs(moment.level - level);
    return this.moments.reduce((best, moment) => (best && distance(best) < distance(moment) ? best : moment), null);
  }

  async draw(signal) {
    this.moments = [];
    const stage = find("stage").value;
    const ofStage = (value) => (stage === "acoustic" ? [value, null] : [null, value]);
    const request = {
      input: find("sentence").value,
      voice: find("voice").value,
      seed: Number(find("seed").value),
      stage,
      show: find("show").value,
      sampler: ofStage(find(`sampler-${this.name}`).value),
      steps: ofStage(Number(find(`steps-${this.name}`).value)),
      variant: ofStage("exact"),
    };
    for await (const event of events("v1/audio/trajectory", request, signal)) {
      if (event.type !== "trajectory.moment") continue;
      this.moments.push({ ...event, shades: bytes(event.spectrogram) });
      this.show();
    }
  }

  show() {
    const moment = this.moment;
    if (!moment) return;
    const canvas = find(`picture-${this.name}`);
    spectrogram(canvas, moment);
    const steps = this.moments.length - 1;
    const told = `step ${moment.step} of ${steps}, t = ${moment.t.toFixed(3)}, noise ${(100 * moment.level).toFixed(0)} %`;
    find(`told-${this.name}`).textContent = told;
    canvas.setAttribute("aria-label", `Spectrogram ${this.name.toUpperCase()}: ${told}`);
    find(`hear-${this.name}`).disabled = false;
  }

  hear() {
    player?.stop();
    if (player?.rate !== this.moment.sample_rate) player = new Player(this.moment.sample_rate);
    player.clear();
    player.add(samples(this.moment.audio));
    player.play();
    player.finish();
  }
}

const sides = [new Side("a"), new Side("b")];

function show() {
  for (const side of sides) side.show();
  time.setAttribute("aria-valuetext", `noise ${(100 * (1 - Number(time.value))).toFixed(0)} percent`);
}

async function draw() {
  asking?.abort();
  asking = new AbortController();
  const mine = asking;
  time.disabled = false;
  tell(status, "Drawing …");
  const begun = performance.now();
  try {
    for (const side of sides) await side.draw(mine.signal);
    tell(status, `Both drawn in ${((performance.now() - begun) / 1000).toFixed(1)} s. Move through time, or listen.`);
    find("run").disabled = false;
  } catch (error) {
    if (error.name !== "AbortError") tell(status, error.message, true);
  }
}

function run() {
  const begun = performance.now();
  const frame = (now) => {
    const passed = Math.min(1, Math.max(0, (now - begun) / 1000 / SECONDS_THROUGH));
    time.value = passed;
    show();
    if (passed < 1) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

export function watch() {
  find("noise-form").addEventListener("submit", (event) => { event.preventDefault(); draw(); });
  time.addEventListener("input", show);
  find("run").addEventListener("click", run);
  window.addEventListener("resize", show);
}
