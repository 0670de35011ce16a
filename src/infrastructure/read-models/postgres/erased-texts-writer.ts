import type { ErasedTextsWriter } from '../../../application/projections/erased-texts.js';
import type { Statement } from '../../postgres/one-trip.js';
import type { BatchWriter } from '../../projections/postgres/read-model.js';
import { ERASED } from '../../../application/kernel/erased.js';

const ERASE = {
  name: 'erased_texts.erase',
  text: `
    with input as (
      select unnest($1::uuid[]) as user_id
    ), noted as (
      insert into erased (user_id) select user_id from input on conflict do nothing
    ), titles as (
      update conversations c set title = '${ERASED}'
        from input where c.titled_by = input.user_id and c.title is not null
    )
    update messages m set text = '${ERASED}' from input where m.sender_id = input.user_id and m.text is not null`,
};

/** Takes what erased users wrote out of the read models: last of a batch, when everything of theirs is in. */
export class ErasureBatch implements ErasedTextsWriter, BatchWriter {
  #userIds: string[] = [];

  erase({ data }: Parameters<ErasedTextsWriter['erase']>[0]): void {
    this.#userIds.push(data.userId);
  }

  statements(): Statement[] {
    return this.#userIds.length > 0 ? [{ ...ERASE, values: [this.#userIds] }] : [];
  }

  settle(): void {
    this.#userIds = [];
  }
}
