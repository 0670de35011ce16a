import { expect } from 'chai';
import { authenticateLink } from '../../../src/application/media/authenticate-link.js';
import { Rejection } from '../../../src/domain/kernel/rejections.js';
import { createMediaLinks } from '../../../src/infrastructure/security/media-links.js';
import { MemorySessionDenylist } from '../../../src/infrastructure/security/session-denylist.js';
import { ada, at, mediaNumber, sessionNumber } from '../../support/ids.js';

const claims = { userId: ada, sessionId: sessionNumber(1), epoch: 1 };
const file = mediaNumber(1);

describe('A link to a file', () => {
  let denylist: MemorySessionDenylist;
  let seconds: number;
  const links = createMediaLinks(['a secret'], () => at(seconds));

  beforeEach(() => {
    denylist = new MemorySessionDenylist(7_200);
    seconds = 0;
  });

  const open = (token: string, mediaId = file) => {
    try {
      return authenticateLink(links, denylist)(token, mediaId, 'content');
    } catch (error) {
      return error instanceof Rejection ? error.code : error;
    }
  };
  const signed = () => links.signFor(claims)(file).content;

  it('stands for the session that it was signed for', () => {
    expect(open(signed())).to.deep.equal(claims);
  });

  it('is refused where it was not signed for the file', () => {
    expect(open(signed(), mediaNumber(2))).to.equal('media_link_invalid');
    expect(open('x')).to.equal('media_link_invalid');
  });

  it('is refused once it has expired', () => {
    const token = signed();
    seconds = 7_200;
    expect(open(token)).to.equal('media_link_expired');
  });

  it('is refused once its session has ended', () => {
    denylist.sessionEnded(claims.sessionId);
    expect(open(signed())).to.equal('session_ended');
  });

  it('is refused once all sessions of an earlier epoch have ended', () => {
    denylist.sessionsEnded(ada, 2, null);
    expect(open(signed())).to.equal('session_ended');
  });
});
