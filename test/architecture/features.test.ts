import { expect } from 'chai';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import type { ChatEventType } from '../../src/domain/event-catalogue.js';
import { auditIndexProjection, PROJECTIONS } from '../../src/application/projections/registry.js';
import { handledTypes } from '../../src/application/projections/projector.js';
import { chatEvents } from '../../src/infrastructure/serialization/chat-events.js';

const DOMAIN = new URL('../../src/domain/', import.meta.url);
const TESTS = new URL('../domain/', import.meta.url);
const SAMPLES = new URL('../fixtures/events/', import.meta.url);

const AUDITED = 'is for auditors, who read the log itself';

/** The events from which no read model is made, with the reasons. All others must have a projector. */
const unprojected: Readonly<Partial<Record<ChatEventType, string>>> = {
  UsernameClaimed: 'holds the name: commands alone look at it',
  EmailClaimed: 'holds the address: commands alone look at it',
  UsernameReleased: 'frees the name: commands alone look at it',
  EmailReleased: 'frees the address: commands alone look at it',
  PasswordChanged: 'holds a secret: log-in alone looks at it',
  RequestAccepted: 'answers a repeated request, and is read from its own stream',
  StorageTaken: 'counts the room of a user: commands alone look at it',
  StorageFreed: 'counts the room of a user: commands alone look at it',
  AuditAnswered: AUDITED,
  AuditStreamStarted: AUDITED,
  AuditStreamEnded: AUDITED,
  ToolCommandStarted: AUDITED,
  ToolCommandEnded: AUDITED,
  UsersAudited: AUDITED,
  AuditAccessRefused: AUDITED,
  AuditRequested: 'is read from its own stream',
  AuditRequestApproved: 'is read from its own stream',
  AuditRequestRefused: 'is read from its own stream',
  AuditRequestExpired: 'is read from its own stream',
  RetentionSet: 'is read from the stream of all rules',
  RetentionCleared: 'is read from the stream of all rules',
  HoldPlaced: 'is read from the stream of all holds',
  HoldLifted: 'is read from the stream of all holds',
  MaintenanceStarted: 'is read from its own stream',
  MaintenanceCancelled: 'is read from its own stream',
  MaintenanceEnded: 'is read from its own stream',
  SubjectsIndexed: 'is read from its own stream',
  RefreshTokenReused: 'explains the end of a session, which is an event of its own',
};

type Table = Readonly<Record<string, unknown>>;

/** Answers the deciders of a folder of the domain; none where nothing is decided in it. */
const decidersOf = async (feature: string): Promise<{ readonly decide: Table; readonly evolve: Table }[]> => {
  if (!existsSync(new URL(`${feature}/decider.ts`, DOMAIN))) return [];
  const module = (await import(new URL(`${feature}/decider.ts`, DOMAIN).href)) as Record<string, unknown>;
  return Object.values(module).filter(
    (value): value is { decide: Table; evolve: Table } =>
      typeof value === 'object' && value !== null && 'category' in value && 'decide' in value && 'evolve' in value,
  );
};

const testsOf = async (feature: string): Promise<string> => {
  const folder = new URL(`${feature}/`, TESTS);
  const files = await readdir(folder);
  const texts = files
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => readFile(new URL(file, folder), 'utf8'));
  return (await Promise.all(texts)).join('\n');
};

describe('Every feature', () => {
  const commands: { readonly feature: string; readonly name: string }[] = [];
  const decided = new Set<string>();

  before(async () => {
    const folders = (await readdir(DOMAIN, { withFileTypes: true })).filter((entry) => entry.isDirectory());
    for (const { name: feature } of folders.filter(({ name }) => name !== 'kernel'))
      for (const { decide, evolve } of await decidersOf(feature)) {
        commands.push(...Object.keys(decide).map((name) => ({ feature, name })));
        for (const type of Object.keys(evolve)) decided.add(type);
      }
  });

  it('has a specification of each of its commands', async () => {
    const missing: string[] = [];
    for (const { feature, name } of commands)
      if (!(await testsOf(feature)).includes(`describe('${name}'`)) missing.push(`${feature}: ${name}`);
    expect(commands).to.not.be.empty;
    expect(missing).to.deep.equal([]);
  });

  it('has its events in the catalogue, with a schema each', () =>
    expect(Object.keys(chatEvents)).to.have.members([...decided]));

  it('has a recorded sample of each of its events', () => {
    const isRecorded = (name: string) => existsSync(new URL(name, SAMPLES));
    const missing = [...decided].filter(
      (type) => !['json', 'sealed2.json'].some((end) => isRecorded(`${type}.v1.${end}`)),
    );
    expect(missing).to.deep.equal([]);
  });

  it('has each of its events shown by a projector, or says why not', () => {
    // The index of the auditors has each event; it is no view of it.
    const views = PROJECTIONS.filter(({ name }) => name !== auditIndexProjection.name);
    const projected = views.flatMap((each) => handledTypes(each));
    expect([...new Set(projected), ...Object.keys(unprojected)]).to.have.members([...decided]);
  });
});
