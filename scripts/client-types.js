// Writes the types of the client library to `dist.types`: the declarations of its files, with those of the server's
// schemas written out, so that whoever uses them needs neither the server nor its validator.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

const SOURCE = resolve('src/interfaces/client');
const WIRE = join(SOURCE, 'wire.ts');
const ENTRIES = [join(SOURCE, 'client.ts'), join(SOURCE, 'node/file-storage.ts')];
const target = resolve(process.argv[2] ?? 'dist.types');

const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile('tsconfig.json', ts.sys.readFile).config,
  ts.sys,
  process.cwd(),
);
const program = ts.createProgram(ENTRIES, {
  ...options,
  noEmit: false,
  declaration: true,
  emitDeclarationOnly: true,
  rootDir: SOURCE,
  outDir: target,
  types: ['node'],
});
const checker = program.getTypeChecker();
const FLAT = ts.TypeFlags.StringLike | ts.TypeFlags.NumberLike | ts.TypeFlags.BooleanLike;

const isFlat = ({ flags }) =>
  (flags & (FLAT | ts.TypeFlags.Null | ts.TypeFlags.Undefined | ts.TypeFlags.Unknown)) !== 0;

const member = (property) => {
  const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0;
  const name = /^[A-Za-z_]\w*$/.test(property.name) ? property.name : JSON.stringify(property.name);
  return `readonly ${name}${isOptional ? '?' : ''}: ${written(checker.getTypeOfSymbol(property))};`;
};

const objectOf = (type) => {
  const indexes = checker
    .getIndexInfosOfType(type)
    .map((index) => `readonly [name: ${written(index.keyType)}]: ${written(index.type)};`);
  return `{ ${[...indexes, ...checker.getPropertiesOfType(type).map(member)].join(' ')} }`;
};

/** The types of the server that the library names. */
const named = new Map();

/** Writes a type out, with no names in it but those of the library. */
const written = (type, isNamed = named.has(type)) => {
  if (isNamed) return named.get(type);
  if (isFlat(type)) return checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation);
  if (type.isUnion()) return type.types.map((each) => written(each)).join(' | ');
  if (checker.isArrayType(type)) return `readonly (${written(checker.getTypeArguments(type)[0])})[]`;
  if (type.isIntersection() || type.flags & ts.TypeFlags.Object) return objectOf(type);
  throw new Error(`cannot be written out: ${checker.typeToString(type)}`);
};

const documentationOf = (symbol) => {
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  return text === '' ? '' : `/** ${text} */\n`;
};

const wire = () => {
  const file = checker.getSymbolAtLocation(program.getSourceFile(WIRE));
  const types = checker.getExportsOfModule(file).map((symbol) => [symbol, checker.getDeclaredTypeOfSymbol(symbol)]);
  for (const [{ name }, type] of types) if (!isFlat(type)) named.set(type, name);
  return types
    .map(([symbol, type]) => `${documentationOf(symbol)}export type ${symbol.name} = ${written(type, false)};\n`)
    .join('');
};

/** The declarations of each file of the library, by their paths. */
const declarations = new Map();
for (const file of program.getSourceFiles().filter(({ fileName }) => resolve(fileName).startsWith(SOURCE))) {
  const { diagnostics } = program.emit(file, (path, text) => declarations.set(path, text), undefined, true);
  if (diagnostics.length > 0) throw new Error(ts.flattenDiagnosticMessageText(diagnostics[0].messageText, '\n'));
}
declarations.set(join(target, 'wire.d.ts'), wire());

for (const [path, text] of declarations) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
process.stderr.write(`Wrote ${declarations.size} declarations to ${relative(process.cwd(), target) || '.'}.\n`);
