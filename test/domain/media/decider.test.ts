import type { Sha256 } from '../../../src/domain/kernel/ids.js';
import { media, type MediaCommands } from '../../../src/domain/media/decider.js';
import { fact } from '../../support/events.js';
import { at, bob } from '../../support/ids.js';
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

describe('CollectMedia', () => {
  const { given } = specOf(media);
  const collect = (seconds: number) =>
    ({ type: 'CollectMedia', data: { uploadedBefore: at(seconds), at: at(95) } }) as const;

  it('removes a file that was uploaded before', () =>
    given(fact('MediaUploaded', { uploadedAt: at(25) }))
      .when(collect(26))
      .thenEvents(fact('MediaRemoved')));
  it('leaves one that was uploaded later', () =>
    given(fact('MediaUploaded', { uploadedAt: at(25) }))
      .when(collect(25))
      .thenNothing());
  it('does nothing about one that is gone, or was never there', () => {
    given().when(collect(99)).thenNothing();
    given(fact('MediaUploaded'), fact('MediaRemoved')).when(collect(99)).thenNothing();
  });
});
