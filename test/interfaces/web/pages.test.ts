import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import Koa from 'koa';
import { webPages } from '../../../src/interfaces/web/pages.js';

const INFO = { title: 'ChatApp', version: '1.0.0', description: 'A chat' };

describe('the documents of the contract', () => {
  it('are made when they are first asked for, once, for all pages that show them', async () => {
    const made: string[] = [];
    const openApi = () => {
      made.push('openapi');
      return { openapi: '3.1.0', info: INFO, paths: {} };
    };
    const asyncApi = () => {
      made.push('asyncapi');
      return { asyncapi: '3.0.0', info: INFO, channels: { live: { messages: {} } } };
    };
    const server = new Koa().use(webPages({ openApi, asyncApi, mailbox: undefined })).listen(0, '127.0.0.1');
    try {
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
      expect((await get('/docs/errors')).status).to.equal(200);
      expect(made).to.deep.equal([]);
      expect(await (await get('/openapi.json')).json()).to.deep.equal({ openapi: '3.1.0', info: INFO, paths: {} });
      expect(made).to.deep.equal(['openapi']);
      for (const path of ['/docs', '/docs', '/asyncapi.json', '/openapi.json'])
        expect((await get(path)).status, path).to.equal(200);
      expect(made).to.deep.equal(['openapi', 'asyncapi']);
    } finally {
      server.close();
    }
  });
});
