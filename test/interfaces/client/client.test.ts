import { expect } from 'chai';
import { createChat } from '../../../src/interfaces/client/client.js';
import { memoryStorage } from '../../../src/interfaces/client/storage/memory-storage.js';
import { manualPlatform, settle } from '../../support/manual-platform.js';

const TOKENS = {
  tokenType: 'Bearer' as const,
  accessToken: 'access',
  expiresIn: 3_600,
  refreshToken: 'refresh',
  refreshExpiresIn: 86_400,
  sessionId: 'session',
  user: { userId: 'me', username: 'ada', displayName: 'Ada' },
};

const open = () => {
  const memory = memoryStorage();
  let release = (): void => undefined;
  const waited = new Promise<void>((resolve) => (release = resolve));
  const storage = { ...memory, list: (prefix: string) => waited.then(() => memory.list(prefix)) };
  const manual = manualPlatform({ storage });
  const chat = createChat({ url: 'http://there', ...manual.platform });
  return { ...manual, chat, release };
};

describe('a client', () => {
  it('opens no socket where it is closed while it takes up what was kept', async () => {
    const { chat, release, sockets, waiting } = open();
    const signedIn = chat.signInWith(TOKENS);
    await settle();
    chat.close();
    release();
    await signedIn;
    await settle();
    expect([sockets(), waiting(), chat.user?.userId]).to.deep.equal([[], 0, 'me']);
  });

  it('does not say that everything was sent where it is closed before', async () => {
    const { chat, release } = open();
    release();
    await chat.signInWith(TOKENS);
    await chat.send({ conversationId: 'c', text: 'one' });
    const flushed = chat.flushed().then(
      () => 'flushed',
      (error: unknown) => (error as { code: string }).code,
    );
    await settle();
    chat.close();
    expect(await flushed).to.equal('signed_out');
  });
});
