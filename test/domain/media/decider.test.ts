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
