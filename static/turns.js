// How a room and the page speak: one reply to each message, in turns.
// In: {turn} and what one of `turns` is called by. Out: {turn, reply} or {turn, fault, subject}.
// Stands last in a room's script, behind its turns.
onmessage = async ({ data }) => {
  const { turn } = data;
  const kind = Object.keys(turns).find((name) => name in data);
  try {
    postMessage({ turn, reply: await turns[kind](data) });
  } catch (error) {
    postMessage({ turn, fault: error.fault ?? 'damaged', subject: error.subject ?? String(error) });
  }
};
