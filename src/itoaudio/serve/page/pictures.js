// Waveforms and spectrograms on canvases.

const STOPS = [[0, 0, 4], [40, 11, 84], [101, 21, 110], [159, 42, 99], [212, 72, 66], [245, 125, 21], [250, 193, 39], [252, 255, 164]];

const colours = Array.from({ length: 256 }, (_, shade) => {
  const place = (shade / 255) * (STOPS.length - 1);
  const low = Math.min(Math.floor(place), STOPS.length - 2);
  return STOPS[low].map((value, c) => Math.round(value + (place - low) * (STOPS[low + 1][c] - value)));
});

function fitted(canvas) {
  const scale = window.devicePixelRatio || 1;
  const width = Math.round(canvas.clientWidth * scale);
  const height = Math.round(canvas.clientHeight * scale);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  return canvas.getContext("2d");
}

/** Shades (bands x frames bytes, low bands first) as a picture, low frequencies at the bottom. */
export function spectrogram(canvas, { shades, bands, frames }) {
  const image = new ImageData(frames, bands);
  for (let band = 0; band < bands; band += 1) {
    for (let frame = 0; frame < frames; frame += 1) {
      const [red, green, blue] = colours[shades[band * frames + frame]];
      image.data.set([red, green, blue, 255], 4 * ((bands - 1 - band) * frames + frame));
    }
  }
  const small = new OffscreenCanvas(frames, bands);
  small.getContext("2d").putImageData(image, 0, 0);
  const context = fitted(canvas);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, canvas.width, canvas.height);
}

/** Lowest and highest sample in each of `count` equal stretches. */
export function peaks(chunks, length, count) {
  const low = new Float32Array(count);
  const high = new Float32Array(count);
  for (const { begin, chunk } of chunks) {
    for (let n = 0; n < chunk.length; n += 1) {
      const place = Math.min(count - 1, Math.floor(((begin + n) / length) * count));
      if (chunk[n] < low[place]) low[place] = chunk[n];
      if (chunk[n] > high[place]) high[place] = chunk[n];
    }
  }
  return { low, high };
}

/** The waveform; what has been heard in the accent's colour, the word at `position` on a lit ground. */
export function waveform(canvas, shape, duration, position, lit) {
  const context = fitted(canvas);
  const { width, height } = canvas;
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  context.clearRect(0, 0, width, height);
  if (!shape || duration === 0) {
    context.fillStyle = colour("--line");
    context.fillRect(0, height / 2, width, 1);
    return;
  }
  if (lit) {
    context.fillStyle = colour("--lit");
    context.fillRect((lit.start / duration) * width, 0, ((lit.end - lit.start) / duration) * width, height);
  }
  const loudest = Math.max(0.05, ...shape.high, ...shape.low.map((value) => -value));
  const count = shape.low.length;
  const heard = (position / duration) * count;
  for (let n = 0; n < count; n += 1) {
    const inLit = lit && n / count >= lit.start / duration && n / count < lit.end / duration;
    context.fillStyle = colour(inLit ? "--on-lit" : n < heard ? "--accent" : "--wave");
    const top = (1 - shape.high[n] / loudest) * (height / 2);
    const bottom = (1 - shape.low[n] / loudest) * (height / 2);
    context.fillRect((n * width) / count, top, Math.max(1, width / count - 0.5), Math.max(1, bottom - top));
  }
}
