// The engine's room: a worker that holds the WASM engine and speaks with the page by messages.
// In: {turn, open, root} once, then {turn, feed, raw} and {turn, ask}. Out: {turn, reply} or {turn, fault, subject}.
// Stands behind the glue of wasm-bindgen in the engine's carrier. Fetches nothing, keeps nothing but the engine.
{
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
    ask({ ask: { text, vendor = '', product = '', version = '', guide = '', offset = 0, limit, facets = false } }) {
      return JSON.parse(engine.ask(text, vendor, product, version, guide, offset, limit, facets));
    },
  };

  onmessage = async ({ data }) => {
    const { turn } = data;
    const kind = Object.keys(turns).find((name) => name in data);
    try {
      postMessage({ turn, reply: await turns[kind](data) });
    } catch (error) {
      postMessage({ turn, fault: error.fault ?? 'damaged', subject: error.subject ?? String(error) });
    }
  };
}
