// The turns of the engine's room: a worker that holds the WASM engine.
// In: {open, root} once, then {feed, raw} and {ask}. Out: nothing, or what the engine says.
// Stands between the glue of wasm-bindgen and turns.js in the engine's carrier. Fetches nothing, keeps nothing but the engine.
let engine = null;

const turns = {
  async open({ open, root }) {
    try {
      await wasm_bindgen({ module_or_path: open });
    } catch (error) {
      throw { fault: 'blocked', subject: String(error) };
    }
    engine = new wasm_bindgen.Engine(root);
  },
  feed({ feed, raw }) {
    engine.feed(feed, raw);
  },
  ask({ ask: { text, vendor = '', product = '', version = '', guide = '', all = '', offset = 0, limit, facets = false, words = false } }) {
    const options = (facets ? 1 : 0) + (all ? 2 : 0) + (words ? 4 : 0);
    return JSON.parse(engine.ask(text, vendor, product, version, guide, offset, limit, options));
  },
  places({ places }) {
    return JSON.parse(engine.places(places));
  },
};
