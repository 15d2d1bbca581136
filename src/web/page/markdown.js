// Shows the Markdown that articles are written in: paragraphs, lists, bold, emphasis, code, links.
// Anything else stays as it was written.

import { add, make } from "./dom.js";

const INLINE =
  /\*\*(?<bold>[^*]+)\*\*|\*(?<emphasis>[^*\s][^*]*)\*|`(?<code>[^`]+)`|\[(?<label>[^\]]+)\]\((?<target>(?:https?:\/\/|mailto:)[^\s)]+)\)|(?<address>https?:\/\/[^\s<>]*[^\s<>.,;:!?)])/gu;

function inline(text) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    parts.push(text.slice(from, match.index));
    const { bold, emphasis, code, label, target, address } = match.groups;
    if (bold) parts.push(make("strong", {}, inline(bold)));
    else if (emphasis) parts.push(make("em", {}, emphasis));
    else if (code) parts.push(make("code", {}, code));
    else {
      const link = { href: target ?? address, rel: "noopener noreferrer", target: "_blank" };
      parts.push(make("a", link, label ?? address));
    }
    from = match.index + match[0].length;
  }
  parts.push(text.slice(from));
  return parts;
}

function block(text) {
  const lines = text.split("\n");
  const lists = [
    { tag: "ul", item: /^\s*[-*] +/ },
    { tag: "ol", item: /^\s*\d+[.)] +/ },
  ];
  for (const { tag, item } of lists) {
    if (!item.test(lines[0])) continue;
    const items = [];
    for (const line of lines) {
      if (item.test(line)) items.push(line.replace(item, ""));
      else items[items.length - 1] += ` ${line.trim()}`;
    }
    return make(tag, {}, items.map((entry) => make("li", {}, inline(entry))));
  }
  const heading = /^#{1,6} +/;
  if (lines.length === 1 && heading.test(text)) {
    return make("p", {}, make("strong", {}, inline(text.replace(heading, ""))));
  }
  const paragraph = make("p");
  lines.forEach((line, index) => add(paragraph, index > 0 && " ", inline(line)));
  return paragraph;
}

/** The elements that show a Markdown text. */
export function markdown(text) {
  // A list may follow its introduction without a blank line.
  const separated = text.trim().replace(/^(?!\s*(?:[-*]|\d+[.)]) )(.+)\n(?=\s*(?:[-*]|\d+[.)]) +)/gmu, "$1\n\n");
  return separated.split(/\n\s*\n/u).map(block);
}
