// Brings the page to life: each part of the bundle meets the elements it is for. Last in the bundle.
{
  const one = M.meet;
  const add = (url) => document.head.append(M.element('script', { src: M.site.link(url) }));
  // What the search page does without, it does not wait for. The name is put in by the build.
  if (!document.getElementById('search')) add('assets/texts.js');
  one('#theme', M.themes);
  one('.box input', M.slash);
  one('details.side', M.side);
  one('#search', M.results);
  // From disk, Firefox holds every form to be sent elsewhere and refuses; a link it follows.
  if (M.site.onDisk) addEventListener('submit', (event) => {
    if (event.defaultPrevented || !event.target.matches('.box')) return;
    event.preventDefault();
    location.assign(M.searchLink({ q: event.target.q.value }));
  });
  // Its name is put in by the build, and left out where the library does not want it. From disk there are no workers.
  const OFFLINE = 'assets/offline.js';
  if (OFFLINE && !M.site.onDisk && navigator.serviceWorker && globalThis.caches) {
    // On the search page it comes after the first results: they do not share their way with it.
    addEventListener('load', () => Promise.resolve(M.searched).then(() => (globalThis.requestIdleCallback ?? setTimeout)(() => add(OFFLINE))));
  }
}
