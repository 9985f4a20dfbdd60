"use strict";
// One sound at a time: a press on a spectrogram plays it, the line shows where, another press stops it.
let playing = null;

function stop() {
  if (!playing) return;
  playing.audio.pause();
  playing.button.classList.remove("on");
  playing.button.querySelector(".sign").textContent = "▶";
  playing = null;
}

function draw() {
  if (!playing) return;
  const { audio, button } = playing;
  button.querySelector(".cursor").style.left = `${(100 * audio.currentTime) / (audio.duration || 1)}%`;
  requestAnimationFrame(draw);
}

for (const button of document.querySelectorAll(".play")) {
  button.addEventListener("click", () => {
    const again = playing && playing.button === button;
    stop();
    if (again) return;
    const audio = button.querySelector("audio");
    audio.currentTime = 0;
    playing = { audio, button };
    button.classList.add("on");
    button.querySelector(".sign").textContent = "■";
    audio.onended = stop;
    audio.play();
    draw();
  });
}

document.querySelector("#theme").addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
});
