// What the page asks of its server: JSON, sound, and events as they come.

const key = document.getElementById("key");

function headers() {
  const all = { "Content-Type": "application/json" };
  if (key.value) all.Authorization = `Bearer ${key.value}`;
  return all;
}

async function asked(path, body, signal) {
  const options = body ? { method: "POST", body: JSON.stringify(body) } : {};
  const response = await fetch(path, { ...options, headers: headers(), signal });
  if (response.ok) return response;
  if (response.status === 401) document.getElementById("locked").hidden = false;
  const told = await response.json().catch(() => null);
  throw new Error(told?.error?.message ?? `${response.status} ${response.statusText}`);
}

export const read = async (path) => (await asked(path)).json();

export const file = async (path, body) => (await asked(path, body)).blob();

/** Server-sent events of a request, one object after the other. */
export async function* events(path, body, signal) {
  const response = await asked(path, body, signal);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    const parts = text.split("\n\n");
    text = parts.pop();
    for (const part of parts) {
      const event = JSON.parse(part.slice("data: ".length));
      if (event.type === "error") throw new Error(event.error.message);
      yield event;
    }
  }
}

export function bytes(base64) {
  const text = atob(base64);
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** 16-bit little-endian samples as numbers from -1 to 1. */
export function samples(base64) {
  const raw = bytes(base64);
  const view = new DataView(raw.buffer);
  return Float32Array.from({ length: raw.length / 2 }, (_, n) => view.getInt16(2 * n, true) / 32768);
}
