// Which signs does the console use? Drawn as lines on a grid of 16, in the colour of the text.

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  chat: "M2.5 3.5h11v7.5h-6L4 13.5V11H2.5z",
  email: "M2 3.5h12v9H2zM2.3 4l5.7 4.7L13.7 4",
  phone: "M3.5 2.5h2.3l1 3-1.4 1.1a8 8 0 0 0 4 4l1.1-1.4 3 1v2.3c0 .6-.5 1-1 1A10 10 0 0 1 2.5 3.5c0-.5.4-1 1-1z",
  social: "M10.6 8a2.6 2.6 0 1 1-5.2 0 2.6 2.6 0 0 1 5.2 0zm0-2.4v3.2c0 1 .7 1.7 1.6 1.7 1 0 1.6-.9 1.6-2.5A5.8 5.8 0 1 0 11.4 13",
  messenger: "M8 2.3c3.4 0 5.8 2.2 5.8 5.2s-2.4 5.2-5.8 5.2q-1 0-1.9-.3l-2.5 1.2.3-2.3c-1.1-1-1.7-2.3-1.7-3.8 0-3 2.4-5.2 5.8-5.2z",
  form: "M3.5 2h9v12h-9zM5.8 5h4.400M5.8 8h4.400M5.8 11h2.4",
  search: "M7 11.500a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3 13.5 13.5",
  copy: "M5.5 5.500h8v8h-8zM10.5 5.500v-3h-8v8h3",
  star: "M8 2.200 9.800 6l4.100.500-3 2.900.800 4.100L8 11.500l-3.700 2 .800-4.100-3-2.900L6.200 6z",
  check: "M3 8.5 6.5 12 13 4.5",
  back: "M9.5 3 4.5 8l5 5",
  forward: "M6.5 3l5 5-5 5",
  down: "M3.5 6 8 10.5 12.5 6",
  panel: "M2.5 3h11v10h-11zM9.5 3v10",
  note: "M3 2.500h10v7L9.5 13H3zM13 9.500H9.500V13",
  reply: "M6.5 4 2.5 8l4 4M2.5 8h7c2.3 0 4 1.3 4 4",
  person: "M8 8a2.7 2.7 0 1 0 0-5.400A2.7 2.7 0 0 0 8 8zM2.8 13.500c.5-2.3 2.6-3.5 5.2-3.500s4.7 1.2 5.2 3.5",
  close: "M4 4l8 8M12 4l-8 8",
  next: "M2.5 8h9M8 4.5 11.5 8 8 11.500M14 3.500v9",
  clock: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.700V8l2.3 1.5",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  article: "M3 2.500h7l3 3v8H3zM10 2.500v3h3M5.5 8.500h5M5.5 11h5",
};

/** A sign; it says nothing by itself, so that words must stand beside it. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name] ?? PATHS.form);
  svg.append(path);
  return svg;
}

/** Signal flag H, white and red: I have a pilot on board. */
export function flag() {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 30 22");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "flag");
  const halves = {
    white: "M3 0h12v22H3a3 3 0 0 1-3-3V3a3 3 0 0 1 3-3z",
    red: "M15 0h12a3 3 0 0 1 3 3v16a3 3 0 0 1-3 3H15z",
  };
  for (const [kind, d] of Object.entries(halves)) {
    const half = document.createElementNS(SVG, "path");
    half.setAttribute("d", d);
    half.setAttribute("class", `flag-${kind}`);
    svg.append(half);
  }
  return svg;
}
