// Tables and numbers as BENCHMARKS.md has them.
// In: cells. Out: Markdown on the standard output.

export const number = (value) => value.toLocaleString('en-US');
export const megabytes = (bytes) => number(Math.round(bytes / 1e6));
export const row = (...cells) => console.log(`| ${cells.join(' | ')} |`);

export const table = (...heads) => {
  row(...heads);
  row(...heads.map((_, at) => (at ? '---:' : '---')));
};

export const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** A number below 1, without its nought. */
export const share = (value, digits = 3) => value.toFixed(digits).replace(/^(-?)0/, '$1');
