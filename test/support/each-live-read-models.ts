import type { MissedFrame } from '../../src/interfaces/ws/missed.js';
import { openLiveReadModels, type LiveReadModels } from './live-read-models.js';
import { testDatabase, type TestDatabase } from './postgres.js';
import { recorded } from './projections.js';

export type Facts = Parameters<typeof recorded>[0];
export type ResumedFrame = Readonly<Record<string, unknown>> & { readonly type: string };

/** Opens empty read models before each test, and closes them after it. */
export const eachLiveReadModels = () => {
  let database: TestDatabase;
  let models: LiveReadModels;
  beforeEach(async () => {
    database = await testDatabase();
    models = await openLiveReadModels(database);
  });
  afterEach(() => database.drop());
  return { models: () => models, project: (...facts: Facts) => models.project(recorded(facts)) };
};

/** Answers the frames of a resume as a client reads them. */
export const contentsOf = (frames: readonly MissedFrame[]): ResumedFrame[] =>
  frames.map(({ content }) => JSON.parse(JSON.stringify(content)) as ResumedFrame);
