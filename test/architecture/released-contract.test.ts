import { expect } from 'chai';
import { breakingChanges, changelog, contractOfNow } from '../support/contract/released.js';
import { namedBreaking } from '../support/contract/named-in-changelog.js';

describe('The contract, beside that of the last release', () => {
  it('breaks nothing that the unreleased part of CHANGELOG.md does not name (npm run contract -- diff)', async () => {
    const named = namedBreaking(await changelog());
    expect((await breakingChanges()).filter(({ path }) => !named.has(path))).to.deep.equal([]);
  });

  it('is seen to break when a call and a frame are gone', async () => {
    const now = structuredClone(contractOfNow) as never as {
      'openapi.json': { paths: Record<string, object> };
      'asyncapi.json': { channels: { live: { messages: Record<string, object> } } };
    };
    delete now['openapi.json'].paths['/message/v1/send'];
    delete now['asyncapi.json'].channels.live.messages['client.send'];
    expect(await breakingChanges(now as never)).to.deep.include.members([
      { path: 'POST /message/v1/send', what: 'is gone' },
      { path: 'client.send', what: 'is gone' },
    ]);
  });
});

describe('The breaking changes that a CHANGELOG names', () => {
  const list =
    '### Breaking\n\n- `GET /a query.b`: gone.\n- `client.c`: gone, too.\n- no path\n\n### Fixed\n\n- `GET /d`: x';

  it('are those of its unreleased part', () => {
    expect([...namedBreaking(`# Changelog\n\n## [Unreleased]\n\n### Added\n\n- \`x\`\n\n${list}`)]).to.deep.equal([
      'GET /a query.b',
      'client.c',
    ]);
  });

  it('are none where they are of an earlier release, or not listed as such', () => {
    expect([...namedBreaking(`## [Unreleased]\n\n### Added\n\n- \`x\`\n\n## [1.0.0]\n\n${list}`)]).to.deep.equal([]);
  });
});
