import type { CommandStartedEvent, Db, Document } from 'mongodb';

/** What a client has asked a server for. */
export interface WatchedCommands {
  readonly commands: readonly Document[];
  stop(): void;
}

/** Watches the commands of a database whose client was opened with `monitorCommands`. */
export const watchCommands = ({ client }: Db, onCommand: () => void = () => undefined): WatchedCommands => {
  const commands: Document[] = [];
  const started = ({ command }: CommandStartedEvent): void => {
    commands.push(command);
    onCommand();
  };
  client.on('commandStarted', started);
  return { commands, stop: () => void client.off('commandStarted', started) };
};
