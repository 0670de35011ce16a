import { Command } from 'commander';
import { counted, tableOf } from './output.js';
import type { CliParts, Sql, SqlResult, Terminal } from './tool.js';

const DESCRIPTION = `a shell on the database, also beside a running server

Uses psql where it is installed and this is a terminal; else reads statements that end with a semicolon, \\d and \\q.
Nothing can be changed unless --write is given. Read models are made from the log, and a change to them is lost when they
are rebuilt; a change to the log itself breaks what is made from it.`;

const TABLES = `
  select table_schema as schema, table_name as name from information_schema.tables
   where table_schema not in ('pg_catalog', 'information_schema') order by 1, 2`;

/** Lists the columns of a table, named as `schema.name`, or as the search path finds it. */
const columnsOf = (table: string): string => `
  select attname as column, format_type(atttypid, atttypmod) as type, attnotnull as "not null"
    from pg_attribute where attrelid = '${table.replaceAll("'", "''")}'::regclass and attnum > 0 and not attisdropped
   order by attnum`;

const textOf = ({ columns, rows, summary }: SqlResult): string =>
  columns.length === 0 ? summary : `${tableOf(columns, rows)}\n(${counted(rows.length, 'row')})`;

const objectsOf = ({ columns, rows }: SqlResult): object[] =>
  rows.map((row) => Object.fromEntries(columns.map((column, n) => [column, row[n]])));

/** Translates a line that begins with a backslash into a statement. */
const statementOf = (meta: string): string => {
  const [name = '', ...parameters] = meta.split(/\s+/);
  const table = parameters.join(' ');
  if (name !== '\\d') throw new Error(`${name} is not known here: there are \\d, \\d <table> and \\q`);
  return table === '' ? TABLES : columnsOf(table);
};

/** Splits what is typed into statements: `\d` takes one line, others end with a semicolon. */
async function* statementsOf(terminal: Terminal): AsyncGenerator<string> {
  let statement = '';
  const prompt = () => terminal.isInteractive && terminal.note(statement === '' ? 'chatapp=> ' : 'chatapp-> ');
  prompt();
  for await (const line of terminal.lines()) {
    const trimmed = line.trim();
    if (statement === '' && trimmed === '\\q') return;
    statement += statement === '' ? trimmed : `\n${line}`;
    if (statement.startsWith('\\') || /;\s*$/.test(statement)) {
      yield statement;
      statement = '';
    }
    prompt();
  }
  if (statement !== '') yield statement;
}

/** Carries out what is typed. Where nobody sees that a statement fails, those after it are not carried out. */
const runShell = async (sql: Sql, terminal: Terminal): Promise<void> => {
  for await (const statement of statementsOf(terminal)) {
    try {
      const text = statement.startsWith('\\') ? statementOf(statement) : statement;
      for (const result of await sql.run(text)) terminal.out(`${textOf(result)}\n`);
    } catch (error) {
      if (!terminal.isInteractive) throw error;
      terminal.note(`${(error as Error).message}\n`);
    }
  }
};

interface Options {
  readonly command?: string;
  readonly write?: boolean;
  readonly json?: boolean;
}

const runOnce = async (sql: Sql, text: string, isJson: boolean, terminal: Terminal): Promise<void> => {
  const results = await sql.run(text);
  if (isJson) terminal.out(`${JSON.stringify(results.flatMap(objectsOf), null, 2)}\n`);
  else for (const result of results) terminal.out(`${textOf(result)}\n`);
};

/** Opens a shell on the database, or carries out one statement for a script. */
export const psqlCommand = ({ openSql, terminal }: CliParts): Command => {
  const command = new Command('psql')
    .summary('a shell on the database')
    .description(DESCRIPTION)
    .option('-c, --command <sql>', 'carry out these statements, and end')
    .option('--write', 'let statements change what is there')
    .option('--json', 'answer a --command as JSON')
    .addHelpText('after', `\nExamples:\n  $ chatapp psql\n  $ chatapp psql -c 'select count(*) from log.events'`);
  return command.action(async () => {
    const options = command.opts<Options>();
    const sql = await openSql({ isWritable: options.write === true });
    try {
      if (options.command !== undefined) return await runOnce(sql, options.command, options.json === true, terminal);
      terminal.note(`Connected to ${sql.place}, ${options.write ? 'for reading and writing' : 'for reading alone'}.\n`);
      if (!(terminal.isInteractive && (await sql.runPsql()))) await runShell(sql, terminal);
    } finally {
      await sql.close();
    }
  });
};
