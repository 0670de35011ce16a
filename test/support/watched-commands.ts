import type { CommandStartedEvent, Db, Document } from 'mongodb';

/** What a client has asked a server for. */
export interface WatchedCommands {
  readonly commands: readonly Document[];
  /** How often a command was sent while none was being answered: the round trips that follow on one another. */
  readonly trips: number;
  stop(): void;
}

/** Watches the commands of a database whose client was opened with `monitorCommands`. */
export const watchCommands = ({ client }: Db, onCommand: () => void = () => undefined): WatchedCommands => {
  const commands: Document[] = [];
  let running = 0;
  let trips = 0;
  const started = ({ command }: CommandStartedEvent): void => {
    if (running === 0) trips += 1;
    running += 1;
    commands.push(command);
    onCommand();
  };
  const ended = () => void (running -= 1);
  client.on('commandStarted', started).on('commandSucceeded', ended).on('commandFailed', ended);
  return {
    commands,
    get trips() {
      return trips;
    },
    stop: () => void client.off('commandStarted', started).off('commandSucceeded', ended).off('commandFailed', ended),
  };
};
