// Plays the sounds of one screen, one at a time, and knows which were heard to their ends.
//
// A sound counts as heard when it ran through once without a break. Changing to another sound of the same
// length goes on at the same place and round to it again, so versions can be compared at any word.

const SAME_LENGTH_SECONDS = 0.02;
let context = null;

export class Player {
  constructor(onchange) {
    this.onchange = onchange;
    this.buffers = [];
    this.plays = [];
    this.heard = [];
    this.current = null; // { place, source, begun, offset }
  }

  async load(urls) {
    context ??= new AudioContext();
    this.buffers = await Promise.all(urls.map(async (url) => {
      const answer = await fetch(url);
      if (!answer.ok) throw new Error("A sound could not be loaded.");
      return context.decodeAudioData(await answer.arrayBuffer());
    }));
    this.plays = urls.map(() => 0);
    this.heard = urls.map(() => false);
  }

  get playing() {
    return this.current ? this.current.place : null;
  }

  get allHeard() {
    return this.heard.length > 0 && this.heard.every(Boolean);
  }

  // Share of the sound that is behind us, 0 to 1.
  progress(place) {
    if (this.playing !== place) return 0;
    return Math.min(1, (context.currentTime - this.current.begun) / this.buffers[place].duration);
  }

  async toggle(place) {
    const stops = this.playing === place;
    const offset = stops ? 0 : this.#offset(place);
    this.stop();
    if (stops) return;
    await context.resume();
    if (this.current) return; // another key was faster
    const buffer = this.buffers[place];
    const source = new AudioBufferSourceNode(context, { buffer, loop: true });
    source.connect(context.destination);
    const current = { place, source, begun: context.currentTime, offset };
    source.onended = () => {
      if (this.current !== current) return; // stopped by hand: not heard to its end
      this.current = null;
      this.heard[place] = true;
      this.onchange();
    };
    source.start(0, offset);
    source.stop(context.currentTime + buffer.duration);
    this.current = current;
    this.plays[place] += 1;
    this.onchange();
  }

  stop() {
    if (!this.current) return;
    const { source } = this.current;
    this.current = null;
    source.stop();
    this.onchange();
  }

  #offset(place) {
    if (!this.current) return 0;
    const { place: before, begun, offset } = this.current;
    const length = this.buffers[before].duration;
    if (Math.abs(length - this.buffers[place].duration) > SAME_LENGTH_SECONDS) return 0;
    return (offset + context.currentTime - begun) % length;
  }
}
