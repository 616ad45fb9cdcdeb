// What the tests by the official client in TypeScript share.
// In: a server's address. Out: a connected client, the answers of its tools. Knows no test.
import assert from 'node:assert/strict';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

export const connected = async (transport) => {
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(transport);
  await client.listTools(); // From here on the client checks every answer against its schema.
  return client;
};

export const over = (server) => connected(new StreamableHTTPClientTransport(new URL(server.mcp)));

/** A tool's answer; its one text holds the same JSON. */
export const call = async (client, name, args) => {
  const result = await client.callTool({ name, arguments: args });
  assert.ok(!result.isError, result.content[0]?.text);
  assert.equal(result.content.length, 1);
  assert.deepEqual(JSON.parse(result.content[0].text), result.structuredContent);
  return result.structuredContent;
};

export const refused = async (client, name, args, expected) => {
  const result = await client.callTool({ name, arguments: args });
  assert.equal(result.isError, true, JSON.stringify(result));
  assert.match(result.content[0].text, expected);
};
