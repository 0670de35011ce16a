const FROM = '"from":"0190b5a0-0000-4000-8000-000000000001"';

/** What another program may send on the channel of the nodes. */
export const NO_BATCHES: readonly string[] = [
  '',
  'null',
  '1',
  '[]',
  '{"from":1}',
  '{"from":"x","number":1,"signals":[["news",{}]]}',
  `{${FROM},"number":1,"signals":[null]}`,
  `{${FROM},"number":1,"signals":["news"]}`,
  `{${FROM},"number":1,"signals":{"news":1}}`,
  `{${FROM},"number":1.5,"signals":[["news",{}]]}`,
  `{${FROM},"number":"1","signals":[["news",{}]]}`,
];
