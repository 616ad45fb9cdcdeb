// Where else a hit stands: the versions and guides that say the very same, and those that say nearly the same.
// In: a hit. Out: a line of links, and a list that opens below it. The very same come with the hit; the near ones are
// asked for when a reader wants them. Knows no list of hits.
{
  const SHOWN = 3;

  /** What stands below a hit's text; nothing where it stands nowhere else. */
  M.elsewhere = (hit) => {
    const links = linksTo(hit.others, hit);
    const rest = links.splice(SHOWN);
    const hasNear = hit.near > 0 || hit.group !== hit.document;
    const line = M.element('p', { class: 'also' }, ...(links.length ? ['Also in ', ...links] : []));
    const list = M.element('div', { class: 'places', id: `places-${hit.document}`, hidden: '' });
    if (rest.length || hasNear) line.append(opener(name(rest.length, hasNear), list, () => bring(hit, rest, hasNear)));
    return line.hasChildNodes() ? [line, list] : [];
  };

  const name = (count, hasNear) => {
    if (!count) return 'Nearly the same elsewhere';
    return `${M.count(count)} more${hasNear ? ', and nearly the same' : ''}`;
  };

  /** A button that shows and hides a list. What it holds is brought at the first time; until then nothing moves. */
  const opener = (text, list, bringAll) => {
    const button = M.element('button', { type: 'button', 'aria-expanded': 'false', 'aria-controls': list.id }, text);
    let filling = null;
    const fill = async () => {
      try {
        list.replaceChildren(...(await bringAll()));
      } catch (fault) {
        filling = null;
        list.replaceChildren(M.explain(fault, () => fill()));
      }
    };
    button.onclick = async () => {
      if (button.hasAttribute('aria-busy')) return;
      button.setAttribute('aria-busy', 'true');
      await (filling ??= fill());
      button.removeAttribute('aria-busy');
      list.hidden = !list.hidden;
      button.setAttribute('aria-expanded', String(!list.hidden));
    };
    return button;
  };

  const bring = async (hit, rest, hasNear) => {
    const same = new Set([hit, ...hit.others].map((place) => place.id));
    const near = hasNear ? (await M.places(hit.group)).filter((place) => !same.has(place.id)) : [];
    return [...section('Also in', rest), ...section('Nearly the same in', linksTo(near, hit))];
  };

  const section = (title, links) => (links.length
    ? [M.element('p', {}, title), M.element('ul', {}, ...links.map((link) => M.element('li', {}, link)))]
    : []);

  /** Links that say how each place differs from the hit's; if that is not enough, the page too. */
  const linksTo = (places, hit) => {
    const seen = new Set();
    return places.map((place) => {
      const differs = differences(place, hit);
      const isKnown = seen.has(differs.join());
      seen.add(differs.join());
      if (isKnown || !differs.length) differs.push(M.label(place) || place.id.split('::').pop());
      return M.element('a', { href: M.site.link(place.url), title: place.id }, differs.join(' · '));
    });
  };

  /** The very same are of the hit's own product and do not name it. Of another product the version must be told, too. */
  const differences = (place, hit) => {
    const isForeign = place.product !== undefined && M.place({ ...place, version: '' }) !== M.place({ ...hit, version: '' });
    const product = isForeign ? M.place(place) : place.version !== hit.version && place.version;
    return [product, place.guide !== hit.guide && place.guide].filter(Boolean);
  };
}
