// How is Markdown shown? As articles are written in it: paragraphs, lists, bold, emphasis, code, links.
// Anything else stays as it was written. Nothing is ever parsed as HTML.

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

function block(text, keepLines) {
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
  lines.forEach((line, index) => add(paragraph, index > 0 && (keepLines ? make("br") : " "), inline(line)));
  return paragraph;
}

/**
 * The elements that show a Markdown text. Lines of an article flow together; `keepLines` ends them
 * where a person who typed them has ended them.
 */
export function markdown(text, { keepLines = false } = {}) {
  // A list may follow its introduction without a blank line.
  const separated = text.trim().replace(/^(?!\s*(?:[-*]|\d+[.)]) )(.+)\n(?=\s*(?:[-*]|\d+[.)]) +)/gmu, "$1\n\n");
  return separated.split(/\n\s*\n/u).map((part) => block(part, keepLines));
}
