// The compiler leaves files that are not TypeScript behind: copies them beside what it built.
import { cp } from 'node:fs/promises';

const folders = ['infrastructure/postgres/migrations', 'interfaces/web/assets'];

for (const folder of folders) await cp(`src/${folder}`, `dist/${folder}`, { recursive: true, force: true });
