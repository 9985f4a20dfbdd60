// What the server offers, into the page's lists.

import { read } from "./api.js";
import { watch } from "./noise.js";
import { listen, tell } from "./speak.js";

const find = (id) => document.getElementById(id);

function fill(id, names, chosen) {
  find(id).replaceChildren(...names.map((name) => new Option(name, name, name === chosen, name === chosen)));
}

function presets(voices) {
  const voice = voices.find(({ id }) => id === find("voice").value);
  fill("preset", voice.presets, voice.default_preset);
}

async function load() {
  const [{ voices }, { samplers, formats }] = await Promise.all([read("v1/audio/voices"), read("v1/audio/choices")]);
  fill("voice", voices.map(({ id }) => id));
  fill("sampler-a", samplers, "heun_flow");
  fill("sampler-b", samplers, "reverse_diffusion");
  fill("format", formats, "wav");
  presets(voices);
  find("voice").addEventListener("change", () => presets(voices));
}

async function tryToLoad() {
  try {
    await load();
    find("locked").hidden = true;
    tell(find("speak-status"), "");
  } catch (error) {
    tell(find("speak-status"), error.message, true);
  }
}

find("locked").addEventListener("submit", (event) => { event.preventDefault(); tryToLoad(); });
listen();
watch();
tryToLoad();
