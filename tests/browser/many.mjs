// A library of very many guides whose names have little in common: the hardest for the catalogue. The same at every run.
// In: nothing. Out: a folder. Knows no test.
import { library } from './support.mjs';

export const [PRODUCTS, GUIDES] = [40, 100];

/** A name that does not compress well. */
export const name = (seed) => {
  let number = Math.imul(seed + 1, 2654435761) >>> 0;
  return Array.from({ length: 12 }, () => {
    number = (Math.imul(number, 1664525) + 1013904223) >>> 0;
    return String.fromCharCode(97 + (number >>> 24) % 26);
  }).join('');
};

/** The title of a guide: two names. */
export const title = (at) => `${name(at + 9999)} ${name(at + 99999)}`;

export const many = () => library(Object.fromEntries(Array.from({ length: PRODUCTS * GUIDES }, (_, at) =>
  [`vendor/product-${at % PRODUCTS}/${name(at)}.md`, `# ${title(at)}\n\nText.\n`])));
