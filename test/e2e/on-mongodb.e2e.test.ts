import { built } from '../support/built.js';
import { describeOnMongo, type MongoServer } from '../support/mongodb.js';
import { describeOnNats, startNats, type NatsServer } from '../support/nats.js';
import { passesSameTests } from '../support/same-tests.js';

/** Tests of a whole server that know nothing of where its messages and files are. */
const SAME_TESTS = [
  ...['audit-subject-exports', 'changed-messages', 'holds', 'media', 'media-life', 'restart', 'resume', 'retention'],
  'upgrade',
];
/** Tests of two servers, which also know nothing of what signals go over. */
const SAME_TESTS_WITH_NATS = ['any-node'];
/** More of them, on a server that is as quick as they expect. FerretDB reads whole collections. */
const MORE_TESTS = ['audit-exports', 'client', 'deliveries', 'live', 'mentions', 'pins', 'reactions', 'search'];

const messagesAt = (server: () => MongoServer) => () => ({ CHATAPP_TEST_MESSAGES_AT: server().url });

describeOnMongo('A server with its messages and files in MongoDB', (server) => {
  before(() => built());
  passesSameTests(SAME_TESTS, messagesAt(server));

  describeOnNats('and its signals over NATS', () => {
    let nats: NatsServer;
    before(async () => (nats = await startNats()));
    after(() => nats.stop());
    passesSameTests(SAME_TESTS_WITH_NATS, () => ({ ...messagesAt(server)(), NATS_URL: nats.url }));
  });
});

describeOnMongo(
  'A server with its messages in a real MongoDB',
  (server) => passesSameTests(MORE_TESTS, messagesAt(server)),
  { real: true },
);
