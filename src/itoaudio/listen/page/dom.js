// Small helpers: elements, the status line, shortcut keys.

export const byId = (id) => document.getElementById(id);

// An element: properties starting with "on" are listeners, "class" and names with "-" are attributes.
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "class" || name.includes("-")) node.setAttribute(name, value);
    else node[name] = value;
  }
  node.append(...children.filter((child) => child !== null && child !== ""));
  return node;
}

// Show a page and put the focus on its heading, for those who do not see it.
export function show(heading, ...children) {
  const title = el("h1", { tabIndex: -1 }, heading);
  byId("main").replaceChildren(title, ...children.filter(Boolean));
  byId("alert").replaceChildren();
  window.scrollTo(0, 0);
  title.focus();
}

// Paragraphs of a text whose lines are separated by empty ones.
export const paragraphs = (text) => text.split(/\n\s*\n/).map((part) => el("p", {}, part));

export function say(text) {
  byId("status").textContent = text;
}

let shortcuts = new Map();

// From now on these keys call these functions, as long as shortcuts are switched on.
export function setKeys(keys) {
  shortcuts = new Map(Object.entries(keys));
}

export function startKeys() {
  const box = byId("keys");
  box.checked = localStorage.getItem("itoaudio-keys") !== "off";
  const apply = () => document.body.classList.toggle("no-keys", !box.checked);
  box.onchange = () => {
    localStorage.setItem("itoaudio-keys", box.checked ? "on" : "off");
    apply();
  };
  apply();
  document.addEventListener("keydown", (event) => {
    if (!box.checked || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    const action = shortcuts.get(event.key.toLowerCase());
    if (!action) return;
    event.preventDefault();
    action();
  });
}
