// The one namespace, `M`, and what all other scripts stand on: the site's addresses, faults, elements, storage.
// In: this script's own tag. Out: M.site, M.Fault, M.within, M.calm, M.count, M.total, M.element, M.meet, M.store.
// Knows no page and no engine. First in the bundle.
'use strict';
const M = {};
{
  const tag = document.currentScript;
  // Scripts lie in a folder of the site's root, at any depth of the page.
  const root = new URL('../', tag.src);

  M.site = {
    engine: tag.dataset.engine,
    onDisk: location.protocol === 'file:',
    /** An address relative to the site's root as one that holds on this page. */
    link: (url) => new URL(url, root).href,
  };

  /** What went wrong, as a fact: kind is a key of the table in messages.js, subject the file or part it befell. */
  M.Fault = class extends Error {
    constructor(kind, subject) {
      super(`${kind}: ${subject}`);
      this.kind = kind;
      this.subject = subject;
    }
  };

  /** The promise, or a fault "slow" once it has taken too long. */
  M.within = (seconds, promise, subject) => {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new M.Fault('slow', subject)), seconds * 1000);
    });
    return Promise.race([promise, late]).finally(() => clearTimeout(timer));
  };

  /** The action, once the reader has paused for a moment: a burst of keys is one question. */
  M.calm = (action, pause = 90) => {
    let timer;
    return () => {
      clearTimeout(timer);
      timer = setTimeout(action, pause);
    };
  };

  /** A number as the page's language writes it. */
  M.count = (number) => number.toLocaleString(document.documentElement.lang);

  /** How many hits there are, as far as they were counted. */
  M.total = (answer) => M.count(answer.total) + (answer.cut || answer.unchecked ? '+' : '');

  /** A new element; attributes by name, children as elements or text. Text never becomes markup. */
  M.element = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value !== undefined && value !== false) element.setAttribute(key, value);
    }
    element.append(...children.filter((child) => child !== undefined && child !== ''));
    return element;
  };

  /** A part of a bundle meets the element it is for, where the page has it. A theme may have emptied the file of a part. */
  M.meet = (selector, use) => {
    const element = document.querySelector(selector);
    if (element && use) use(element);
  };

  /** Values that last as long as the tab. Where storage is forbidden nothing is kept, and nothing breaks. */
  M.store = {
    get(key) {
      try {
        return JSON.parse(sessionStorage.getItem(`mcdewey.${key}`));
      } catch {
        return null;
      }
    },
    set(key, value) {
      try {
        sessionStorage.setItem(`mcdewey.${key}`, JSON.stringify(value));
      } catch {
        // Forbidden or full: the reader loses a convenience, no more.
      }
    },
  };
}
