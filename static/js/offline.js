// Reading without a network: registers the service worker, offers to save a guide or all above it, renews what was saved.
// In: the page, once it is idle, over http. Out: on home and browse pages a line with a button; on any page a note once a new build
// is in place. A bundle of its own that no page waits for. Stands on base.js and saved.js; knows no file that is saved.
{
  const NAMES = { Vendor: 'this vendor', Product: 'this product', Version: 'this version', Guide: 'this guide' };
  const FAULTS = {
    missing: 'The connection broke off.',
    full: 'There is no more room in this browser’s storage.',
  };
  const MINUTES = 10; // between two looks for a new build in one tab

  const home = M.site.link('.');
  const path = (url) => url.slice(home.length).replace(/[?#].*/, '');
  const here = path(location.href) === 'index.html' ? '' : path(location.href);
  /** The pages above this one; whoever saved one of them has saved this. */
  const above = () => [...document.querySelectorAll('.crumbs a')].map((link) => path(link.href)).filter((url) => url !== 'index.html');
  const covers = (scopes) => ['', here, ...above()].find((scope) => scopes.includes(scope));

  const line = M.element('div', { class: 'offline', role: 'group', 'aria-label': 'Offline reading' });
  const status = M.element('span', { role: 'status', tabindex: '-1' });
  const button = (text, action) => {
    const element = M.element('button', { type: 'button' }, text);
    element.onclick = () => action().catch(fail);
    return element;
  };
  const show = (text, ...children) => {
    const held = line.contains(document.activeElement);
    status.textContent = text;
    line.replaceChildren(status, ...children);
    // Who pressed a button goes on from the one that is there in its place.
    if (held) (line.querySelector('button') ?? status).focus();
  };

  const size = (bytes) => (bytes < 1e5 ? `${M.count(Math.ceil(bytes / 1000))} KB` : `${M.count(Number((bytes / 1e6).toFixed(1)))} MB`);
  const subject = () => NAMES[document.querySelector('.opening .kind')?.textContent.trim()] ?? 'the library';

  /** What there is to do, told by what was done. */
  const arrive = async () => {
    const state = await M.saved.read();
    const by = covers(state.scopes);
    if (by === undefined) {
      const again = state.pending.includes(here);
      return show(again ? 'Saving was interrupted.' : '', button(again ? 'Resume' : 'Save for offline', prepare));
    }
    if (by !== here) return show('Saved for offline, as a part of more.');
    return show('Saved for offline.', button('Remove', remove));
  };

  /** Tells the size before anything is fetched. */
  const prepare = async () => {
    show('Looking at what it takes …');
    const list = await M.saved.fetchList();
    const { scopes } = await M.saved.read();
    const { guides, missingBytes, storedBytes } = await M.saved.plan(list, [...scopes, here]);
    const room = await M.saved.room();
    const little = storedBytes > room ? ` There is room for ${size(room)} in this browser only.` : '';
    const count = guides === 1 ? '1 guide' : `${M.count(guides)} guides`;
    show(`Saving ${subject()}: ${count}, ${size(missingBytes)} to fetch.${little}`,
      button('Save', () => save(list)), button('Not now', arrive));
  };

  const save = async (list) => {
    const stop = new AbortController();
    const bar = M.element('progress', { max: '1', value: '0', 'aria-label': 'Saving' });
    show('Saving …', bar, button('Cancel', async () => stop.abort()));
    // Browsers may ask the reader, so nobody waits for the answer.
    navigator.storage?.persist?.().catch(() => {});
    const tell = (done, all) => {
      bar.value = all ? done / all : 1;
      bar.title = `${size(done)} of ${size(all)}`;
    };
    try {
      await M.saved.save(list, [here], { tell, signal: stop.signal });
    } catch (fault) {
      if (!stop.signal.aborted) throw fault;
    }
    await arrive();
  };

  const remove = async () => {
    show('Removing …');
    await M.saved.remove([here]);
    await arrive();
  };

  const fail = (fault) => show(`${FAULTS[fault.kind] ?? `It failed: ${fault.message}.`} What was fetched is kept.`, button('Try again', prepare));

  /** What was saved follows the site: whole or not at all. One that a click cuts off goes on with the next page. */
  const renew = async () => {
    const state = await M.saved.read();
    if (!state.build || Date.now() - (M.store.get('renewed') ?? 0) < MINUTES * 60_000) return;
    const list = await M.saved.fetchList();
    const looked = () => M.store.set('renewed', Date.now());
    if (list.build === state.build) return looked();
    try {
      await M.saved.save(list, []);
    } catch (fault) {
      if (fault.kind === 'full') looked();
      throw fault;
    }
    looked();
    // Another tab may have removed it.
    if ((await M.saved.read()).build !== list.build) return;
    const note = M.element('p', { class: 'toast', role: 'status' }, 'The library was renewed; what you saved is up to date. ');
    note.append(button('Reload', async () => location.reload()));
    document.body.append(note);
  };

  /** Tells the worker what this page loads from now on: files that are named by their content pass it by. */
  const follow = () => {
    const PAUSE_MS = 300; // who types goes first
    const names = [];
    let timer;
    const tell = () => navigator.serviceWorker.controller?.postMessage(names.splice(0));
    addEventListener('pagehide', tell);
    new PerformanceObserver((list) => {
      names.push(...list.getEntries().map((entry) => entry.name));
      clearTimeout(timer);
      timer = setTimeout(tell, PAUSE_MS);
    }).observe({ type: 'resource', buffered: true });
  };

  const begin = async () => {
    await navigator.serviceWorker.register(M.site.link('sw.js'), { updateViaCache: 'none' });
    await navigator.serviceWorker.ready;
    follow();
    const loaded = performance.getEntriesByType('resource').map((entry) => entry.name);
    await M.saved.prime([location.href, ...['index.html', 'search.html'].map(M.site.link), ...loaded]);
    document.documentElement.dataset.offline = 'ready';
    const place = document.querySelector('.hero, .opening');
    if (place && /^$|^browse\//.test(here)) {
      await arrive();
      place.append(line);
    }
    await renew();
  };

  document.head.append(M.element('link', { rel: 'manifest', href: M.site.link('app.webmanifest') }));
  // A browser that forbids it, a copy without the worker: reading goes on as it did.
  begin().catch(() => {});
}
