// Makes a library that Hugo and McDewey read alike: front matter with a title and a description, no braces that are
// shortcodes to Hugo, no directives, plain names.
// In: a folder of Markdown. Out: a folder of the same texts. What has no five words or is not UTF-8 is left out.
import fs from 'node:fs';
import path from 'node:path';
import { files } from '../browser/support.mjs';

const FEWEST_WORDS = 5;

export const corpus = (from, to, product) => {
  const taken = new Set();
  for (const name of files(from).filter((file) => file.endsWith('.md') && !isAside(file))) {
    const text = read(path.join(from, name));
    const page = text && normalised(text, path.basename(name, '.md'));
    if (page) write(to, address(product, name, taken), page);
  }
};

const isAside = (name) => `/${name.toLowerCase()}`.includes('/includes/') || name.toLowerCase().endsWith('toc.md');

const read = (file) => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(fs.readFileSync(file)).replaceAll('\r\n', '\n');
  } catch {
    return undefined;
  }
};

const normalised = (text, name) => {
  const [head, front = ''] = text.match(/^---[ \t]*\n([\s\S]*?)\n---[ \t]*\n/) ?? [''];
  const body = plain(text.slice(head.length));
  if (body.split(/\s+/).filter(Boolean).length < FEWEST_WORDS) return undefined;
  const title = field(front, 'title') || body.match(/^#[ \t]+(.+?)[ \t#]*$/m)?.[1] || name;
  return `---\ntitle: ${quoted(title)}\ndescription: ${quoted(field(front, 'description'))}\n---\n\n${body.replace(/^\n+/, '')}`;
};

const plain = (text) => braces(text.replace(/^.*\[!INCLUDE.*$\n?/gim, '')).replaceAll('\0', '').replace(/(?<!!)\[([^\][]*)\]\(\s*\)/g, '$1');

const braces = (text) => text.replace(/\{(?=[{%#])/g, '{ ');

const field = (front, key) => {
  const value = front.match(new RegExp(`^${key}:[ \\t]*(.*)$`, 'im'))?.[1].trim() ?? '';
  return value.replace(/^(["'])(.*)\1$/, '$2').replaceAll('\\"', '"').replaceAll("''", "'").replace(/\s+/g, ' ');
};

const quoted = (value) => `"${braces(value.replaceAll('\\', '\\\\').replaceAll('"', '\\"'))}"`;

/** An index is the page of its folder to Hugo, which would then take no other page of it. */
const address = (product, name, taken) => {
  const parts = [product, ...name.slice(0, -'.md'.length).split('/').map(slug)];
  if (['index', 'readme'].includes(parts.at(-1))) parts.splice(-1, 1, `overview-${parts.at(-2)}`);
  let url = parts.join('/');
  while (taken.has(url)) url += '-2';
  taken.add(url);
  return `${url}.md`;
};

const slug = (part) => part.toLowerCase().replaceAll('_', '-').replace(/[^a-z0-9.-]+/g, '-').replace(/^[-.]+|[-.]+$/g, '') || 'x';

const write = (folder, name, text) => {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
};
