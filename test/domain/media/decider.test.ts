import type { Sha256 } from '../../../src/domain/kernel/ids.js';
import { media, type MediaCommands } from '../../../src/domain/media/decider.js';
import { fact } from '../../support/events.js';
import { ada, at, bob, mediaNumber, messageNumber } from '../../support/ids.js';
import { specOf } from '../../support/spec-of.js';

describe('UploadMedia', () => {
  const { given } = specOf(media);
  const uploaded = fact('MediaUploaded');
  const upload = (changes: Partial<MediaCommands['UploadMedia']> = {}) => {
    const { uploaderId: by, uploadedAt, ...file } = uploaded.data;
    return { type: 'UploadMedia', data: { ...file, by, at: uploadedAt, ...changes } } as const;
  };

  it('records the file', () => given().when(upload()).thenEvents(uploaded));
  it('records a file without a name that is no image', () => {
    const plain = { name: null, width: null, height: null };
    given().when(upload(plain)).thenEvents(fact('MediaUploaded', plain));
  });
  it('is refused for a file without a byte', () =>
    given()
      .when(upload({ size: 0 }))
      .thenRejected('media_empty'));
  it('changes nothing when the same was uploaded before, whenever that was', () =>
    given(uploaded)
      .when(upload({ at: at(9_999) }))
      .thenNothing());
  it('is refused when its id stands for another content, or the file of another user', () => {
    const others = [{ sha256: 'f'.repeat(64) as Sha256 }, { by: bob }];
    for (const other of others) given(uploaded).when(upload(other)).thenRejected('idempotency_conflict');
  });
});

describe('AttachMedia', () => {
  const { given } = specOf(media);
  const attach = (by = ada, n = 1) =>
    ({ type: 'AttachMedia', data: { mediaId: mediaNumber(1), messageId: messageNumber(n), by, at: at(50) } }) as const;
  const uploaded = fact('MediaUploaded');

  it('keeps the file', () => given(uploaded).when(attach()).thenEvents(fact('MediaAttached')));
  it('changes nothing when the same message carries it already', () =>
    given(uploaded, fact('MediaAttached')).when(attach()).thenNothing());
  it('records each message that carries it', () =>
    given(uploaded, fact('MediaAttached'))
      .when(attach(ada, 2))
      .thenEvents(fact('MediaAttached', { messageId: messageNumber(2) })));
  it('keeps the image of a profile, too', () =>
    given(uploaded, fact('MediaAttachedToProfile')).when(attach()).thenEvents(fact('MediaAttached')));
  it('is refused for a file that does not exist, is gone, or belongs to another user', () => {
    given().when(attach()).thenRejected('media_not_found');
    given(uploaded, fact('MediaRemoved')).when(attach()).thenRejected('media_not_found');
    given(uploaded).when(attach(bob)).thenRejected('media_not_found');
    given(uploaded, fact('MediaAttached')).when(attach(bob)).thenRejected('media_not_found');
  });
});

describe('AttachMediaToProfile', () => {
  const { given } = specOf(media);
  const attach = (by = ada) =>
    ({ type: 'AttachMediaToProfile', data: { mediaId: mediaNumber(1), by, at: at(60) } }) as const;
  const uploaded = fact('MediaUploaded');

  it('keeps the image', () => given(uploaded).when(attach()).thenEvents(fact('MediaAttachedToProfile')));
  it('changes nothing when a message carried it before', () =>
    given(uploaded, fact('MediaAttached')).when(attach()).thenNothing());
  it('is refused for a file that is no image', () => {
    const plain = fact('MediaUploaded', { width: null, height: null });
    given(plain).when(attach()).thenRejected('media_not_an_image');
    given(plain, fact('MediaAttached')).when(attach()).thenRejected('media_not_an_image');
  });
  it('is refused for a file that does not exist, is gone, or belongs to another user', () => {
    given().when(attach()).thenRejected('media_not_found');
    given(uploaded, fact('MediaRemoved')).when(attach()).thenRejected('media_not_found');
    given(uploaded).when(attach(bob)).thenRejected('media_not_found');
    given(uploaded, fact('MediaAttachedToProfile')).when(attach(bob)).thenRejected('media_not_found');
  });
});

describe('CollectMedia', () => {
  const { given } = specOf(media);
  const collect = (seconds: number, isHeld = false) =>
    ({ type: 'CollectMedia', data: { uploadedBefore: at(seconds), isHeld, at: at(95) } }) as const;

  it('removes a file that was uploaded before', () =>
    given(fact('MediaUploaded', { uploadedAt: at(25) }))
      .when(collect(26))
      .thenEvents(fact('MediaRemoved')));
  it('leaves one that was uploaded later', () =>
    given(fact('MediaUploaded', { uploadedAt: at(25) }))
      .when(collect(25))
      .thenNothing());
  it('leaves one whose uploader is held', () =>
    given(fact('MediaUploaded', { uploadedAt: at(25) }))
      .when(collect(99, true))
      .thenNothing());
  it('leaves one that a message carries, or that a profile shows', () => {
    given(fact('MediaUploaded'), fact('MediaAttached')).when(collect(99)).thenNothing();
    given(fact('MediaUploaded'), fact('MediaAttachedToProfile')).when(collect(99)).thenNothing();
  });
  it('does nothing about one that is gone, or was never there', () => {
    given().when(collect(99)).thenNothing();
    given(fact('MediaUploaded'), fact('MediaRemoved')).when(collect(99)).thenNothing();
  });
});

describe('RemoveExpiredMedia', () => {
  const { given } = specOf(media);
  const remove = (changes = {}) =>
    ({ type: 'RemoveExpiredMedia', data: { isShown: false, isHeld: false, at: at(95), ...changes } }) as const;
  const carried = [fact('MediaUploaded'), fact('MediaAttached')];

  it('removes a file that nothing shows any more', () =>
    given(...carried)
      .when(remove())
      .thenEvents(fact('MediaRemoved')));
  it('leaves one that is shown, or held', () => {
    given(...carried)
      .when(remove({ isShown: true }))
      .thenNothing();
    given(...carried)
      .when(remove({ isHeld: true }))
      .thenNothing();
  });
  it('leaves one that no message has carried, as its time has not begun', () =>
    given(fact('MediaUploaded')).when(remove()).thenNothing());
  it('does nothing about one that is gone, or was never there', () => {
    given().when(remove()).thenNothing();
    given(...carried, fact('MediaRemoved'))
      .when(remove())
      .thenNothing();
  });
});
