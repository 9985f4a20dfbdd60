// Sound that may still be arriving: chunks are scheduled one behind the other, without a gap.

export class Player {
  /** `rate` in Hz. `ended` is called when the last known sample has been heard. */
  constructor(rate, ended) {
    this.rate = rate;
    this.ended = ended;
    this.chunks = [];
    this.length = 0;
    this.whole = false;
    this.sources = [];
    this.rest = 0;
    this.base = null;
  }

  get duration() { return this.length / this.rate; }

  get playing() { return this.base !== null; }

  /** Seconds into the sound. */
  get position() {
    if (!this.playing) return this.rest;
    return Math.max(0, Math.min(this.context.currentTime - this.base, this.duration));
  }

  clear() {
    this.stop();
    this.chunks = [];
    this.length = 0;
    this.whole = false;
    this.rest = 0;
  }

  add(chunk) {
    const begin = this.length;
    this.chunks.push({ begin, chunk });
    this.length += chunk.length;
    if (this.playing) this.schedule({ begin, chunk }, begin);
  }

  /** No more will come. */
  finish() {
    this.whole = true;
    if (this.playing && this.sources.length === 0) this.over();
  }

  play(from = 0) {
    this.stop();
    // A context at the sound's own rate: chunks resampled one by one would click where they meet.
    this.context ??= new AudioContext({ sampleRate: this.rate });
    this.context.resume();
    this.base = this.context.currentTime + 0.05 - from;
    const first = Math.round(from * this.rate);
    for (const part of this.chunks) {
      if (part.begin + part.chunk.length > first) this.schedule(part, Math.max(part.begin, first));
    }
  }

  stop() {
    if (!this.playing) return;
    this.rest = this.position;
    this.base = null;
    for (const source of this.sources) {
      source.onended = null;
      source.stop();
    }
    this.sources = [];
  }

  schedule({ begin, chunk }, first) {
    const buffer = this.context.createBuffer(1, chunk.length - (first - begin), this.rate);
    buffer.copyToChannel(chunk.subarray(first - begin), 0);
    const source = this.context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.context.destination);
    // Late sound shifts all that follows, so that the clock stays that of what is heard.
    this.base = Math.max(this.base, this.context.currentTime - first / this.rate);
    source.start(this.base + first / this.rate);
    source.onended = () => {
      this.sources = this.sources.filter((other) => other !== source);
      if (this.whole && this.sources.length === 0) this.over();
    };
    this.sources.push(source);
  }

  over() {
    this.base = null;
    this.rest = 0;
    this.ended?.();
  }
}
