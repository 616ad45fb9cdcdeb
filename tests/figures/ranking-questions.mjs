// Questions made of sources: their titles, the identifiers in them, titles with their product and version, and mistakes of typing.
// In: sources with their texts. Out: questions with what answers them, the same at every run. Knows no engine.
import { grouped } from './data.mjs';

const WORDS_MOST = 10;
const LETTERS_LEAST = 5;
const PAGES_MOST = 3;

/** The same numbers for the same seed. */
export const random = (seed) => () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;

const sample = (items, count, next = random(42)) => {
  const rest = [...items];
  return Array.from({ length: Math.min(count, rest.length) }, () => rest.splice(Math.floor(next() * rest.length), 1)[0]);
};

const titleOf = (text) => (text.match(/^---\n[\s\S]*?^title:\s*["']?(.+?)["']?\s*$[\s\S]*?^---/m)?.[1] ?? text.match(/^# +(.+)$/m)?.[1])?.replace(/[`*]|\\(?=[^\w])/g, '').trim();

/** Titles that no other source has. */
export const titles = (pages, count) => {
  const all = pages.map(({ name, text }) => ({ text: titleOf(text), right: new Set([name]) })).filter(({ text }) => text);
  const times = grouped(all, ({ text }) => text.toLowerCase());
  return sample(all.filter(({ text }) => times.get(text.toLowerCase()).length === 1 && text.split(/\s+/).length <= WORDS_MOST), count);
};

const HEADING_WORDS_MOST = 8;
const HEADING_LETTERS_LEAST = 7;
const FENCED = /^(```|~~~)[\s\S]*?^\1/gm;

/** Headings that stand in one source alone, and not as one of its first two. */
export const headings = (pages, count) => {
  const plain = (head) => head.replace(/<[^>]*>|\{#.*?\}|[`*\\]/g, '').trim();
  const all = pages.flatMap(({ name, text }) => [...text.replace(FENCED, '').matchAll(/^#{1,4} +(.+)$/gm)]
    .map(([, head], at) => ({ text: plain(head), at, right: new Set([name]) })));
  const times = grouped(all, ({ text }) => text.toLowerCase());
  return sample(all.filter(({ text, at }) => at > 1 && times.get(text.toLowerCase()).length === 1
    && text.length >= HEADING_LETTERS_LEAST && text.split(/\s+/).length <= HEADING_WORDS_MOST), count);
};

/** Of several words, or of letters and digits: what nobody would take for prose. */
const isIdentifier = (word) => word.length > 3 && /[a-z]/i.test(word) && /^[\w~][\w:.~-]*\w$|^--?\w[\w-]+$|^\/\w[\w:-]+$/.test(word)
  && /[a-z][A-Z]|\d[a-zA-Z]|[a-zA-Z]\d|\w_\w|^_|::|^--?\w|^\/\w/.test(word) && !/^\d+(st|nd|rd|th|s|x|px)?$/i.test(word);

/** Identifiers in code spans and headings that stand on few pages; where a page's heading has one, only such pages answer. */
export const identifiers = (pages, count) => {
  const standing = new Map();
  const heading = new Map();
  const add = (map, word, name) => map.set(word, (map.get(word) ?? new Set()).add(name));
  const marked = new Set();
  for (const { name, text } of pages) {
    for (const word of new Set(text.split(/[^\w:.~\-/]+/).map(trimmed))) if (isIdentifier(word)) add(standing, word, name);
    const spans = [...text.matchAll(/`([^`\n]+)`/g)].map(([, span]) => span);
    const heads = [...text.matchAll(/^#+ +(.+)$/gm)].map(([, head]) => head);
    for (const word of heads.flatMap((head) => head.replace(/\\(?=_)|`/g, '').split(/[^\w:.~\-/]+/)).map(trimmed)) if (isIdentifier(word)) add(heading, word, name);
    for (const word of [...spans, ...heads].flatMap((span) => span.split(/[^\w:.~\-/]+/)).map(trimmed)) if (isIdentifier(word)) marked.add(word);
  }
  const items = [...marked].sort().map((text) => ({ text, right: new Set([...(heading.get(text) ?? []), ...(pagesOf(standing, text))]) }));
  return sample(items.filter(({ text, right }) => right.size && (heading.has(text) || right.size <= PAGES_MOST)), count);
};

const trimmed = (word) => word.replace(/^[.:]+|[.:\-/]+$/g, '');
const pagesOf = (standing, word) => { const pages = standing.get(word) ?? new Set(); return pages.size <= PAGES_MOST ? pages : []; };

const MESSAGE_WORDS = { least: 5, most: 30 };
const SOUNDS_WRONG = /\b(errors?|fail(ed|ure|s)?|cannot|can't|could not|unable|denied|refused|invalid|timed out|not found|unexpected|missing)\b/i;
const IS_CODE = /[;{}(,]$| \/\/ |^(\/\/|#|\/\*|\*|return\b|if\b|throw\b|catch\b|echo\b|raise\b)/;

/** What programs say when something is wrong, as it stands in a block of code, and would be pasted; all sources that have the line answer. */
export const messages = (pages, count) => {
  const standing = new Map();
  for (const { name, text } of pages) {
    const lines = (text.match(FENCED) ?? []).flatMap((block) => block.split('\n').slice(1)).map((line) => line.trim().replace(/\s+/g, ' '));
    const whole = lines.filter((line) => SOUNDS_WRONG.test(line) && !IS_CODE.test(line));
    const words = (line) => line.split(' ').length;
    const told = whole.filter((line) => words(line) >= MESSAGE_WORDS.least && words(line) <= MESSAGE_WORDS.most);
    for (const line of told) standing.set(line, (standing.get(line) ?? new Set()).add(name));
  }
  return sample([...standing].sort(([a], [b]) => (a < b ? -1 : 1)).map(([text, right]) => ({ text, right })), count);
};

/** “PRODUCT VERSION title”, of sources below a version's folder. */
export const named = (pages, count) => {
  const items = pages.map(({ name, text }) => ({ product: name.split('/')[1], version: name.split('/').find((part) => /^v?\d+\.\d/.test(part)), title: titleOf(text), name }));
  const whole = items.filter(({ version, title }) => version && title && title.split(/\s+/).length <= WORDS_MOST && title.split(/\s+/).length > 1);
  return sample(whole, count).map(({ product, version, title }) => ({ text: `${product} ${version.replace(/^v/, '')} ${title}`, version }));
};

/** The text with one mistake in one word: a letter left out, put in, exchanged, or swapped with the next. */
export const mistyped = (text, next) => {
  const words = [...text.matchAll(/[a-z]+/gi)].filter(([word]) => word.length >= LETTERS_LEAST);
  if (!words.length) return undefined;
  const { 0: word, index } = words[Math.floor(next() * words.length)];
  const at = Math.floor(next() * word.length);
  const letter = String.fromCharCode(97 + Math.floor(next() * 26));
  const [before, after] = [word.slice(0, at), word.slice(at + 1)];
  const made = [before + after, before + letter + word.slice(at), before + letter + after,
    at + 1 < word.length ? before + word[at + 1] + word[at] + word.slice(at + 2) : before + after][Math.floor(next() * 4)];
  return made.toLowerCase() === word.toLowerCase() ? undefined : text.slice(0, index) + made + text.slice(index + word.length);
};
