// The turns of the engine's room: a worker that holds the WASM engine.
// In: {open, root} once, then {feed, raw}, {ask} and {places}. Out: what the engine says, as JSON.
// Stands between the glue of wasm-bindgen and turns.js in the engine's carrier. Fetches nothing, keeps nothing: the engine is the module's.
const turns = {
  open({ open, root }) {
    try {
      wasm_bindgen({ module: open });
    } catch (error) {
      throw { fault: 'blocked', subject: String(error) };
    }
    return told(wasm_bindgen.open(root));
  },
  feed: ({ feed, raw }) => told(wasm_bindgen.feed(encoded(feed), raw)),
  ask({ ask: { text, vendor = '', product = '', version = '', guide = '', all = '', offset = 0, limit, facets = false, words = false } }) {
    const options = (facets ? 1 : 0) + (all ? 2 : 0) + (words ? 4 : 0);
    return told(wasm_bindgen.ask(encoded([vendor, product, version, guide, text].join('\0')), offset, limit, options));
  },
  places: ({ places }) => told(wasm_bindgen.places(places)),
};

const encoded = (text) => new TextEncoder().encode(text);

/** What the engine says, as JSON: a text is handed over sooner than what it stands for. Unless it is that something is wrong. */
const told = (json) => {
  if (json.startsWith('{"fault"')) throw JSON.parse(json);
  return json;
};
