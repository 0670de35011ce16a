import { Command } from 'commander';
import { MisfitError, ToolError, type CliParts, type Terminal, type Tool } from './tool.js';

/** The result of a command: the answer as text, and as JSON for programs. */
interface CommandAnswer {
  readonly text: string;
  readonly json: unknown;
  /** Whether it has found that something is wrong: the exit code says so. */
  readonly failed?: boolean;
  /** What is said once the answer is written, where the log does not fit what proves it. */
  readonly misfit?: string | undefined;
}

interface CommandSpec<Options> {
  /** The name and arguments as commander takes them: `grant <login> <role>`. */
  readonly usage: string;
  readonly summary: string;
  readonly options?: readonly (readonly [flags: string, description: string, fallback?: string])[];
  readonly examples: readonly string[];
  /** Answers what needs neither configuration nor database; undefined where these are needed. */
  readonly offline?: (args: readonly string[], options: Options) => Promise<CommandAnswer | undefined>;
  readonly run: (tool: Tool, args: readonly string[], options: Options) => Promise<CommandAnswer | undefined>;
}

/** The options of a command, as they were given. */
export type Given = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

const write = (terminal: Terminal, answer: CommandAnswer, { json }: Given): void => {
  terminal.out(`${json === true ? JSON.stringify(answer.json, null, 2) : answer.text}\n`);
  if (answer.misfit !== undefined) throw new MisfitError(answer.misfit);
  if (answer.failed) throw new ToolError('not all is well');
};

/** Adds a command to a group. It opens the tool, answers, and closes it again whatever happens. */
export const addCommand = (group: Command, { open, terminal }: CliParts, spec: CommandSpec<Given>): void => {
  const command = group.command(spec.usage).description(spec.summary).option('--json', 'answer as JSON');
  for (const [flags, description, fallback] of spec.options ?? []) command.option(flags, description, fallback);
  command.addHelpText('after', `\nExamples:\n${spec.examples.map((line) => `  $ chatapp ${line}`).join('\n')}`);
  command.action(async (...parameters: unknown[]) => {
    const args = parameters.filter((each): each is string => typeof each === 'string');
    const options = command.opts<Given>();
    const offline = await spec.offline?.(args, options);
    if (offline) return write(terminal, offline, options);
    const tool = await open();
    try {
      const answer = await spec.run(tool, args, options);
      if (answer) write(terminal, answer, options);
    } finally {
      await tool.close();
    }
  });
};

/** Makes a group of commands. */
export const createGroup = (name: string, summary: string): Command => new Command(name).description(summary);
