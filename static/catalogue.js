// The turns of the catalogue's room: a worker that holds the WASM catalogue.
// In: {open, data} once, then {find, limit} and {ahead, limit}. Out: the entries meant, best first; the same for each text
// that is one key longer.
// Stands between the glue of wasm-bindgen and turns.js in the catalogue's carrier.
const KEYS = [...'abcdefghijklmnopqrstuvwxyz0123456789'];
let catalogue = null;

const entries = (text, limit) => catalogue.find(text, limit).split('\n').filter(Boolean).map((line) => {
  const [kind, title, place, url] = line.split('\t');
  return { kind, title, place, url };
});

const turns = {
  open({ open, data }) {
    wasm_bindgen({ module: open });
    catalogue = new wasm_bindgen.Catalogue(data);
  },
  find: ({ find, limit }) => entries(find, limit),
  ahead: ({ ahead, limit }) => Object.fromEntries(KEYS.map((key) => [key, entries(ahead + key, limit)])),
};
