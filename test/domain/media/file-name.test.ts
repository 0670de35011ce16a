import { expect } from 'chai';
import { fileNameOf } from '../../../src/domain/media/file-name.js';

describe('The name of a file', () => {
  const names: Record<string, readonly [given: string | undefined, kept: string | null]> = {
    'is kept as it is': ['engine plan.pdf', 'engine plan.pdf'],
    'may be of any script': ['设计 – план 😀.pdf', '设计 – план 😀.pdf'],
    'loses its folders': ['/etc/passwd', 'passwd'],
    'loses the folders of Windows': ['C:\\Users\\ada\\engine.png', 'engine.png'],
    'loses a way upwards': ['../../../etc/cron.d/evil', 'evil'],
    'loses line breaks, which would make a header of their own': ['a\r\nSet-Cookie: x.png', 'aSet-Cookie: x.png'],
    'loses marks that would show its end as another one': ['photo\u202egnp.exe', 'photognp.exe'],
    'loses half a character': ['a\ud83db.png', 'ab.png'],
    'is composed': ['e\u0301.png', 'é.png'],
    'is cut to 255 characters, none of them halved': ['😀'.repeat(300), '😀'.repeat(255)],
    'is none where nothing was given': [undefined, null],
    'is none where nothing of it is left': ['folder/', null],
    'is none where it is the folder itself': ['..', null],
    'is none where it is blank': ['  \t ', null],
  };
  for (const [what, [given, kept]] of Object.entries(names)) it(what, () => expect(fileNameOf(given)).to.equal(kept));
});
