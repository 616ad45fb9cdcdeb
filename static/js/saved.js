// What a reader saves of the library: which files that takes, fetching them, forgetting them.
// In: the list of a build (`offline/list.json`) and scopes, which are addresses of guides or of pages above them; '' is all of it. Out:
// files in the browser's caches, from which sw.js answers. A build is saved once all its files are there: until then the former one
// counts. Fetched files stay, so that whatever was cut goes on where it was. Knows no button.
{
  const LANES = 6;
  /** What was seen without being saved is kept up to so many files. */
  const SEEN_MAX = 4000;
  const VISITED_MAX = 1000;
  const LIST = 'offline/list.json';
  const FORMAT = 2;
  const STATE = M.site.link('saved');
  const MARK = 'mcdewey';
  const NOTHING = { build: null, scopes: [], pending: [], former: [] };

  const at = new URL(M.site.link('.')).pathname;
  const open = (kind) => caches.open(`${MARK} ${at} ${kind}`);

  const read = async () => {
    const entry = await (await open('kept')).match(STATE);
    return { ...NOTHING, ...(entry && await entry.json()) };
  };

  const write = async (state) => (await open('kept')).put(STATE, new Response(JSON.stringify(state)));

  /** The list as the server has it now. */
  const fetchList = async () => {
    const response = await fetch(M.site.link(LIST), { cache: 'no-cache' }).catch(() => null);
    if (!response?.ok) throw new M.Fault('missing', LIST);
    const list = await response.json();
    // The site is being changed at this very moment.
    if (list.format !== FORMAT) throw new M.Fault('missing', LIST);
    return list;
  };

  const isIn = (guide, scopes) => scopes.some((scope) => !scope || guide.url === scope || guide.up.includes(scope));

  /** Every file that takes part: where it comes from, under which name it is kept, how large it is. */
  const files = (list, scopes) => {
    const guides = list.guides.filter((guide) => isIn(guide, scopes));
    const bundles = [...list.shell, ...guides.flatMap((guide) => guide.bundles)];
    const plain = [...list.index, ...list.texts, ...guides.flatMap((guide) => guide.files)].map(([url, bytes, sum]) => ({ url, bytes, sum }));
    const all = [...bundles.map((bundle) => ({ ...bundle, lasts: true })), ...list.files, ...plain];
    return new Map(all.map((file) => [key(file, list.build), file]));
  };

  /** What the next build will change under the same name is kept under the build's. */
  const key = ({ url, digest, lasts }, build) => M.site.link(digest && !lasts ? `${url}?build=${build}` : url);

  /** What is still to be fetched of these scopes. */
  const plan = async (list, scopes) => {
    const all = files(list, scopes);
    const there = new Set((await (await open('kept')).keys()).map((request) => request.url));
    const missing = [...all].filter(([name]) => !there.has(name));
    const former = await blocks(there);
    for (const [, file] of missing) file.former = former.get(file.sum);
    // What is only renamed is fetched from here, but takes its room twice until the former build is forgotten.
    const bytes = (some) => some.reduce((sum, [, file]) => sum + file.bytes, 0);
    const guides = list.guides.filter((guide) => isIn(guide, scopes)).length;
    return { all, missing, guides, missingBytes: bytes(missing.filter(([, file]) => !file.former)), storedBytes: bytes(missing) };
  };

  /** The blocks of texts of the saved build, by what they are but for the name of their group. */
  const blocks = async (there) => {
    const { build } = await read();
    const list = build && await (await (await open('kept')).match(M.site.link(`${LIST}?build=${build}`)))?.json();
    const own = (list?.texts ?? []).filter(([url]) => there.has(M.site.link(url)));
    return new Map(own.map(([url, , sum]) => [sum, url]));
  };

  /** One after the other, in all tabs: what one leaves, the next one reads. */
  const alone = (act, signal) => (navigator.locks ? navigator.locks.request(`${MARK} ${at}`, { signal }, act) : act());

  /** Adds scopes to what is saved, and makes this build the saved one. What waits to be resumed goes on waiting. */
  const save = (list, added, { tell = () => {}, signal } = {}) => alone(async () => {
    const state = await read();
    const scopes = union(state.scopes, added);
    if (!scopes.length) return;
    await write({ ...state, pending: union(state.pending, added) });
    const names = await take(list, state, scopes, { tell, signal });
    // A page that was opened with the former build may still ask for its shards.
    const former = state.build === list.build ? state.former : state.names ?? [];
    const pending = state.pending.filter((scope) => !scopes.includes(scope));
    await write({ build: list.build, scopes, pending, names, former });
    await forget(await open('kept'), new Set([...names, ...former, STATE]));
  }, signal);

  const union = (some, others) => [...new Set([...some, ...others])];

  /** Fetches what is missing, and tells how far it is. Gives the names of all that there then is. */
  const take = async (list, state, scopes, { tell, signal }) => {
    const { missing, missingBytes, all } = await plan(list, scopes);
    const kept = await open('kept');
    // What came of other scopes, too large perhaps, makes room.
    await forget(kept, new Set([...(state.names ?? []), ...state.former, ...all.keys(), STATE]));
    let [done, next] = [0, 0];
    const lane = async () => {
      while (next < missing.length) {
        const [name, file] = missing[next++];
        await put(kept, name, await renamed(kept, file) ?? await bring(file, signal));
        done += file.former ? 0 : file.bytes;
        tell(done, missingBytes);
      }
    };
    // The other lanes need not go on, but end before somebody else begins.
    const stop = (fault) => {
      next = missing.length;
      throw fault;
    };
    tell(0, missingBytes);
    const ends = await Promise.allSettled(Array.from({ length: LANES }, () => lane().catch(stop)));
    const broken = ends.find((end) => end.status === 'rejected');
    if (broken) throw broken.reason;
    const listName = M.site.link(`${LIST}?build=${list.build}`);
    await put(kept, listName, new Response(JSON.stringify(list)));
    return [...all.keys(), listName];
  };

  /** A block of texts with another name only: `__s("t/01234567/89",…` begins with the name of its group. */
  const renamed = async (kept, { url, bytes, former }) => {
    const block = former && await kept.match(M.site.link(former));
    if (!block) return null;
    const file = new Uint8Array(await block.arrayBuffer());
    file.set(new TextEncoder().encode(url.slice(9, 17)), 7);
    return file.length === bytes ? new Response(file, { headers: { 'Content-Type': 'text/javascript' } }) : null;
  };

  const bring = async ({ url, digest, lasts }, signal) => {
    const options = { signal, integrity: digest ?? '', cache: digest && !lasts ? 'no-cache' : 'default' };
    const response = await fetch(M.site.link(url), options).catch((fault) => {
      throw signal?.aborted ? fault : new M.Fault('missing', url);
    });
    if (response.status !== 200) throw new M.Fault('missing', url);
    return response;
  };

  const put = async (kept, name, response) => {
    try {
      await kept.put(name, response);
    } catch (fault) {
      throw fault.name === 'QuotaExceededError' ? new M.Fault('full', name) : fault;
    }
  };

  const forget = async (kept, wanted) => {
    for (const request of await kept.keys()) if (!wanted.has(request.url)) await kept.delete(request);
  };

  /** Gives up these scopes; what others need stays. */
  const remove = (scopes) => alone(async () => {
    const state = await read();
    const left = state.scopes.filter((scope) => !scopes.includes(scope));
    const kept = await open('kept');
    if (!left.length) {
      await write(NOTHING);
      return forget(kept, new Set([STATE]));
    }
    const list = await (await kept.match(M.site.link(`${LIST}?build=${state.build}`))).json();
    const names = [...files(list, left).keys(), M.site.link(`${LIST}?build=${state.build}`)];
    await write({ ...state, scopes: left, pending: [], names });
    return forget(kept, new Set([...names, ...state.former, STATE]));
  });

  /** Whether a page came for a file that is none, one that asks for a password perhaps; the worker looks alike. */
  const isInstead = (path, response) => response.redirected || (/html/.test(response.headers.get('Content-Type')) && !/\.html?$/.test(path));

  /** Keeps what this page is made of: it was loaded before the worker could see it. */
  const prime = async (urls) => {
    const [seen, visited] = [await open('seen'), await open('visited')];
    const own = urls.filter((url) => url.startsWith(M.site.link('.')));
    await Promise.all(own.map(async (url) => {
      const path = url.slice(M.site.link('.').length).replace(/[?#].*/, '') || 'index.html';
      const cache = /^(assets|files|search\/[^/]+)\//.test(path) ? seen : visited;
      const name = M.site.link(path);
      if (path.startsWith('offline/') || await cache.match(name)) return;
      // The browser has it: a file that is named by its content is as good however old it is.
      const response = await fetch(name, cache === seen ? { cache: 'force-cache' } : {}).catch(() => null);
      if (response?.status === 200 && !(cache === seen && isInstead(path, response))) await put(cache, name, response);
    }));
    await trim(seen, SEEN_MAX);
    await trim(visited, VISITED_MAX);
  };

  /** The oldest entries beyond a number go. */
  const trim = async (cache, count) => {
    const entries = await cache.keys();
    for (const request of entries.slice(0, Math.max(0, entries.length - count))) await cache.delete(request);
  };

  /** How much room the browser says there is; none where it does not tell. */
  const room = async () => {
    const { quota, usage } = await navigator.storage?.estimate?.().catch(() => ({})) ?? {};
    return quota === undefined ? Infinity : Math.max(0, quota - usage);
  };

  M.saved = { read, fetchList, plan, save, remove, prime, room };
}
