// The way of a reader through the example, in the few acts that every engine has: query, filter, open, context, back, marks.
// In: a session of an engine, the address of a site. Out: nothing, or a failure. Knows no engine.
import assert from 'node:assert/strict';

const TRIES = 200;
const PAUSE_MS = 50;

/** Waits until a script gives something. */
export const until = async (session, what, script, ...args) => {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    // As a truth: not every driver brings an element home.
    const truth = String(script).startsWith('async') ? `async (...args) => Boolean(await (${script})(...args))` : `(...args) => Boolean((${script})(...args))`;
    if (await session.ask(truth, ...args).catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new Error(`waited in vain for ${what} on ${await session.ask(() => location.href).catch(() => 'a page that does not answer')}`);
};

const there = (session, selector) => until(session, selector, (selector) => Boolean(document.querySelector(selector)), selector);

/** All of it; a site that passes works. */
export const readAll = async (session, home) => {
  await suggest(session, home);
  const first = await searchAndFilter(session, home);
  await readInContext(session, first);
  await comeBack(session, first);
  await marks(session, home);
  await otherThings(session, home);
  assert.deepEqual([...session.complaints], []);
};

/** Where there is room, what stands at the side is open. */
const inSight = (session, selector) => until(session, `${selector} in sight`,
  (selector) => matchMedia('(max-width: 61.99rem)').matches || document.querySelector(selector).checkVisibility(), selector);

const suggest = async (session, home) => {
  await session.go(`${home}index.html`);
  await there(session, '[role=combobox]');
  await session.type('[role=combobox]', 'callb');
  await there(session, '#suggestions [role=option]');
  await until(session, 'names to jump to', () => document.querySelector('.jumps a')?.textContent.includes('Callbridge'));
  await session.press('Enter');
  await until(session, 'the search page', () => location.pathname.endsWith('/search.html') && document.querySelector('#results li'));
};

const searchAndFilter = async (session, home) => {
  await session.go(`${home}search.html`);
  await there(session, '#search input');
  await session.type('#search input', 'snapshot restore');
  await until(session, 'results', () => document.querySelectorAll('#results > li mark').length > 2);
  await until(session, 'the address of the search', () => new URLSearchParams(location.search).get('q') === 'snapshot restore');
  await there(session, '#facets section[data-level=product] a[href*="product=callbridge"]');
  await inSight(session, '#facets a');
  await session.click('#facets section[data-level=product] a[href*="product=callbridge"]');
  await until(session, 'the filter', () => location.search.includes('product=callbridge')
    && [...document.querySelectorAll('#results > li')].every((one) => one.dataset.id.startsWith('northwind-voice::callbridge::')));
  return session.ask(() => document.querySelector('#results > li').dataset.id);
};

const readInContext = async (session, first) => {
  await session.click('#results > li h2 a');
  await until(session, 'the page of the first result', (id) => document.querySelector('#chunk-id')?.textContent === id, first);
  await session.click('.context a');
  await until(session, 'the passage in its guide', () => document.querySelector('.passage:target'));
  await inSight(session, '#contents nav a');
  const top = await session.ask(() => document.querySelector('.passage:target').getBoundingClientRect().top);
  assert.ok(top > -50 && top < 900, `the passage is on screen, at ${top}`);
};

const comeBack = async (session, first) => {
  await session.back();
  await there(session, '#chunk-id');
  await session.back();
  await until(session, 'the results as they were', (id) => document.querySelector('#results > li')?.dataset.id === id
    && document.querySelector('#search input').value === 'snapshot restore', first);
};

const marks = async (session, home) => {
  await session.go(`${home}search.html?q=gridctl`);
  await there(session, '#results > li h2 a');
  await session.click('#results > li h2 a');
  await there(session, '.marked');
  assert.ok(await session.ask(() => CSS.highlights.get('found').size > 0));
};

const otherThings = async (session) => {
  await session.click('#theme');
  assert.equal(await session.ask(() => document.documentElement.dataset.theme), 'light');
  await session.ask(() => { [...document.querySelectorAll('.copies button')][0].click(); });
  await until(session, 'the citation copied', () => /Copied|Ctrl/.test(document.querySelector('.copies button').textContent));
};
