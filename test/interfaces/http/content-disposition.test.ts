import { expect } from 'chai';
import { contentDisposition } from '../../../src/interfaces/http/content-disposition.js';

describe('A content disposition', () => {
  const names: Record<string, string> = {
    'plan.pdf': 'filename="plan.pdf"',
    'a b.pdf': 'filename="a b.pdf"',
    'Grüße 😀.pdf': `filename="Gr__e __.pdf"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%F0%9F%98%80.pdf`,
    '"; x="y\\.pdf': `filename="_; x=_y_.pdf"; filename*=UTF-8''%22%3B%20x%3D%22y%5C.pdf`,
    "ü's (1)*.pdf": `filename="_'s (1)*.pdf"; filename*=UTF-8''%C3%BC%27s%20%281%29%2A.pdf`,
  };
  for (const [name, expected] of Object.entries(names))
    it(`names ${name}`, () => expect(contentDisposition('attachment', name)).to.equal(`attachment; ${expected}`));

  it('names nothing where there is no name', () => expect(contentDisposition('inline', null)).to.equal('inline'));
});
