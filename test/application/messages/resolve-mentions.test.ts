import { expect } from 'chai';
import { resolveMentions, type Mentionable } from '../../../src/application/messages/resolve-mentions.js';
import { eraseUser } from '../../../src/application/users/erase-user.js';
import { createUserLookup } from '../../../src/application/users/user-lookup.js';
import type { UserId } from '../../../src/domain/kernel/ids.js';
import type { Role } from '../../../src/domain/conversations/events.js';
import { watchedStore } from '../kernel/watched-store.js';
import { createWorld, type World } from '../kernel/world.js';

describe('A mention', () => {
  let world: World;
  let [ada, bob, cleo]: UserId[] = [];

  beforeEach(async () => {
    world = await createWorld();
    [ada, bob, cleo] = await Promise.all(['ada', 'bob', 'cleo', 'eve'].map(world.user));
  });

  const group = (kind: Mentionable['kind'] = 'group'): Mentionable => {
    const members: [UserId, Role][] = [
      [ada!, 'owner'],
      [bob!, 'member'],
      [cleo!, 'admin'],
    ];
    return { kind, members: new Map(members) };
  };
  const inText = (text: string, by = ada!, among = group()) => resolveMentions(world.lookup)(text, among, by);

  it('is of a member, in any case, once, in the order of the text, and not of its author', async () => {
    expect(await inText('@CLEO, @bob. @Cleo: @ada')).to.deep.equal([cleo, bob]);
  });

  it('is of nobody who is no member, nor of a name that nobody has', async () => {
    expect(await inText('@eve @nobody @bob')).to.deep.equal([bob]);
  });

  it('is of the user whose name ends in a dot, where there is one', async () => {
    const dotted = await world.user('bob.');
    const among = { ...group(), members: new Map([...group().members, [dotted, 'member' as const]]) };
    expect(await inText('Ask @bob.', ada, among)).to.deep.equal([dotted]);
    expect(await inText('Ask @bob.')).to.deep.equal([bob]);
  });

  it('is of all other members, if an owner or an admin of a group says so', async () => {
    expect(await inText('@all, look')).to.deep.equal([bob, cleo]);
    expect(await inText('@bob and @ALL', cleo)).to.deep.equal([bob, ada]);
    expect(await inText('@all', bob)).to.deep.equal([]);
    expect(await inText('@all', ada, group('direct'))).to.deep.equal([]);
  });

  it('is of a user called so, where all cannot be mentioned', async () => {
    const all = await world.user('all');
    const among = { ...group(), members: new Map([...group().members, [all, 'member' as const]]) };
    expect(await inText('@all', bob, among)).to.deep.equal([all]);
  });

  it('costs nothing in a text without one, and one look at the ends of claims that it knows', async () => {
    const { store, readings } = watchedStore(world.store);
    const asked: (readonly string[])[] = [];
    const heads: World['store']['heads'] = (streamIds) => {
      asked.push(streamIds);
      return world.store.heads(streamIds);
    };
    const resolve = resolveMentions(createUserLookup({ ...store, heads }, world.hashes));
    expect(await resolve('Good morning', group(), ada!)).to.deep.equal([]);
    expect(await resolve('ada@example.org', group(), ada!)).to.deep.equal([]);
    expect([asked, readings]).to.deep.equal([[], []]);
    const twice = [await resolve('@bob @cleo @nobody', group(), ada!), await resolve('@bob @cleo', group(), ada!)];
    expect(twice).to.deep.equal([
      [bob, cleo],
      [bob, cleo],
    ]);
    expect(asked.map(({ length }) => length)).to.deep.equal([3, 2]);
    expect(readings).to.have.length(2);
  });

  it('is of nobody whose name was given free, and of the next who takes it', async () => {
    expect(await inText('@bob')).to.deep.equal([bob]);
    const parts = { ...world, denylist: world.denylist, onErased: () => undefined };
    await eraseUser(world.transact, parts)(bob!, world.contextOf(bob!), async () => []);
    expect(await inText('@bob')).to.deep.equal([]);
    const heir = await world.user('bob');
    const among = { ...group(), members: new Map([...group().members, [heir, 'member' as const]]) };
    expect(await inText('@bob', ada, among)).to.deep.equal([heir]);
  });
});
