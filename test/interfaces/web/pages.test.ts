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

  /**
   * Each answer wrote the document anew. Fifty clients that each sent 200 requests together, and read nothing, had 10,000 copies
   * of 320 KB written, before anybody else was answered, and kept in memory.
   */
  it('are written once, and every answer sends the same bytes', async () => {
    const written: string[] = [];
    const documentOf = (name: string, more: object) => () => ({
      ...more,
      info: { ...INFO, toJSON: () => (written.push(name), INFO) },
    });
    const openApi = documentOf('openapi', { openapi: '3.1.0', paths: {} });
    const asyncApi = documentOf('asyncapi', { asyncapi: '3.0.0', channels: { live: { messages: {} } } });
    const server = new Koa().use(webPages({ openApi, asyncApi, mailbox: undefined })).listen(0, '127.0.0.1');
    try {
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      for (const path of ['/openapi.json', '/asyncapi.json', '/openapi.json', '/asyncapi.json']) {
        const answer = await fetch(`http://127.0.0.1:${port}${path}`);
        expect(answer.headers.get('content-type')).to.equal('application/json; charset=utf-8');
        expect(await answer.json()).to.deep.include({ info: INFO });
      }
      expect(written).to.deep.equal(['openapi', 'asyncapi']);
    } finally {
      server.close();
    }
  });
});
