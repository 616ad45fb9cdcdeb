// The turns of the catalogue's room: a worker that holds the WASM catalogue.
// In: {open, data} once, then {find, limit}. Out: the entries meant, best first.
// Stands between the glue of wasm-bindgen and turns.js in the catalogue's carrier.
let catalogue = null;

const turns = {
  async open({ open, data }) {
    await wasm_bindgen({ module_or_path: open });
    catalogue = new wasm_bindgen.Catalogue(data);
    // A browser compiles what is called: the first key must not wait for that.
    turns.find({ find: data.split('\t', 2)[1] ?? '', limit: 3 });
  },
  find({ find, limit }) {
    return catalogue.find(find, limit).split('\n').filter(Boolean).map((line) => {
      const [kind, title, place, url] = line.split('\t');
      return { kind, title, place, url };
    });
  },
};
