// Whether a page did what its author's text wanted of the browser.
// In: a page that has been opened by `visit`. Out: nothing, or a failure that says where.
import assert from 'node:assert/strict';

/** A picture that is not there may be missed; nothing else may be complained of, and nothing may have run. */
export const inert = async (page, where) => {
  assert.equal(await page.evaluate(() => window.ran), undefined, where);
  assert.deepEqual(page.complaints.filter((text) => !text.includes('Failed to load resource')), [], where);
  assert.deepEqual(await page.evaluate(active), [], where);
};

/** Elements and attributes that run, or would when they are touched. */
const active = () => [...document.querySelectorAll('*')].filter((element) =>
  element.matches('main script, main style, iframe, object, embed, base, meta[http-equiv=refresh], main form:not(.box), main form.box[action*=":"]')
  || [...element.attributes].some(({ name, value }) => /^on/.test(name) || (!['title', 'alt', 'content', 'aria-label'].includes(name) && /^\s*(javascript|vbscript|data:text)/i.test(value))))
  .map((element) => element.outerHTML.slice(0, 200));
