import { describe, expect, it, vi } from 'vitest';
import { UnknownOutcome } from '../gateway/store-failures.js';
import { EntryRefused } from '../lib/session-refusals.js';
import { BLANK, type Session, type SessionEntry } from '../record/record.js';
import { operationOn } from '../test-kits/operation.js';
import { SpyStore } from '../test-kits/spy-store.js';
import type { SessionEntries } from './session-entries.js';
import type { SessionLimit, SignIn } from './session-limit.js';
import { type LiveSession, SessionRef } from './session-ref.js';
import { SessionWriter } from './session-writer.js';

const GONE = { code: 'ERR_SESSION_GONE' };
const LOST = new UnknownOutcome('ERR_SESSION_STORE', 'The answer was lost.');
const entryOf = (user: string): SessionEntry => ({ user, id: 'entry', until: 4e12 });
const [ADA, BOB] = [entryOf('ada'), entryOf('bob')];
const of = (...entries: SessionEntry[]): Session => ({ ...BLANK, entries });

/** Sets up a writer. The indices take all entries, and hold them. */
function setUp() {
  const { options, operation } = operationOn(new SpyStore());
  const ref = SessionRef.ofId(options, operation, 'i'.repeat(22));
  const live = (session: Session): LiveSession => ({
    is: 'live',
    id: ref.id,
    key: ref.key,
    session,
    version: 'v1',
    isOutdated: false,
  });
  type Entries = readonly SessionEntry[];
  const entries = {
    areKept: vi.fn(() => true),
    add: vi.fn(async (_ref: unknown, added: Entries, _from?: LiveSession): Promise<Entries> => added),
    held: vi.fn(async (_ref: unknown, added: Entries): Promise<Entries> => added),
    remove: vi.fn(async () => {}),
  };
  const keep = vi.fn((_ref: unknown, _signIn: SignIn, write: () => Promise<unknown>) => write());
  const limit = { keep } as unknown as SessionLimit;
  const writer = new SessionWriter(options, entries as unknown as SessionEntries, limit);
  const write = vi
    .spyOn(ref, 'write')
    .mockImplementation(async (_version, session): Promise<LiveSession | null> => live(session));
  const deleted = vi.spyOn(ref, 'delete').mockResolvedValue();
  const dropped = vi.spyOn(ref, 'tryDelete').mockResolvedValue(true);
  const copies = vi.spyOn(operation.open.store.atomic as SpyStore['atomic'], 'load').mockResolvedValue(null);
  return { ref, live, entries, keep, writer, write, deleted, dropped, copies };
}

describe('a write', () => {
  it('of a session that the indices have already is one of its record alone', async () => {
    const { ref, live, entries, keep, writer, write } = setUp();
    const session = of(ADA);
    expect(await writer.write(ref, live(of(ADA)), session)).toEqual(live(session));
    expect(write).toHaveBeenCalledExactlyOnceWith('v1', session, true);
    for (const call of [keep, entries.add, entries.held]) expect(call).not.toHaveBeenCalled();
  });

  it('of a new session is not read again by its caller', async () => {
    const { ref, writer, write } = setUp();
    await writer.write(ref, null, of());
    expect(write).toHaveBeenCalledExactlyOnceWith(null, of(), false);
  });

  it('by which another of its users becomes its own is a sign-in, and adds no entry', async () => {
    const { ref, live, entries, keep, writer, write } = setUp();
    const [before, session] = [of(ADA, BOB), of(BOB, ADA)];
    await writer.write(ref, live(before), session);
    expect(keep.mock.calls[0]?.[1]).toEqual({ session, before, isNew: false });
    expect(entries.add).not.toHaveBeenCalled();
    expect(write).toHaveBeenCalledExactlyOnceWith('v1', session, true);
  });

  it('with an entry that is new adds it, and asks for it after the write', async () => {
    const { ref, live, entries, keep, writer, write } = setUp();
    const session = of(ADA, BOB);
    expect(await writer.write(ref, live(of(ADA)), session)).toEqual(live(session));
    expect(entries.add).toHaveBeenCalledExactlyOnceWith(ref, [BOB], undefined);
    expect(write).toHaveBeenCalledExactlyOnceWith('v1', session, false);
    expect(entries.held).toHaveBeenCalledExactlyOnceWith(ref, [BOB]);
    const order = [entries.add, write, entries.held].map(({ mock }) => mock.invocationCallOrder[0] ?? 0);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(keep.mock.calls[0]?.[1]).toEqual({ session, before: of(ADA), isNew: false });
  });

  it('under a new ID adds all entries, and is no sign-in of the user whose session it was', async () => {
    const { ref, live, entries, keep, writer } = setUp();
    const from = live(of(ADA));
    const session = of(ADA);
    await writer.write(ref, null, session, from);
    expect(entries.add).toHaveBeenCalledExactlyOnceWith(ref, [ADA], from);
    expect(keep.mock.calls[0]?.[1]).toEqual({ session, before: of(ADA), isNew: true });
  });

  it('where no index is kept leaves the entries to a process that keeps one', async () => {
    const { ref, entries, writer, write, keep } = setUp();
    entries.areKept.mockReturnValue(false);
    await writer.write(ref, null, of(ADA));
    expect(write).toHaveBeenCalledExactlyOnceWith(null, of(), false);
    for (const call of [keep, entries.add]) expect(call).not.toHaveBeenCalled();
  });

  it('that is forestalled does not ask the indices again', async () => {
    const { ref, live, entries, writer, write } = setUp();
    write.mockResolvedValue(null);
    expect(await writer.write(ref, live(of()), of(ADA))).toBeNull();
    expect(entries.held).not.toHaveBeenCalled();
  });
});

describe('a session that an index refuses', () => {
  it('is not written. A new one leaves the others, one that others write too stays there', async () => {
    for (const isNew of [true, false]) {
      const { ref, live, entries, writer, write } = setUp();
      entries.add.mockResolvedValue([ADA]);
      const refused = writer.write(ref, isNew ? null : live(of()), of(ADA, BOB));
      await expect(refused).rejects.toBeInstanceOf(EntryRefused);
      expect(write).not.toHaveBeenCalled();
      expect(entries.remove.mock.calls).toEqual(isNew ? [[ref.key, [ADA]]] : []);
    }
  });

  it('after its write ends, with its grace copies, and leaves all indices', async () => {
    const { ref, live, entries, writer, deleted, copies } = setUp();
    entries.held.mockResolvedValue([]);
    const session = { ...of(ADA, BOB), graceCopies: [{ key: 'old', until: 4e12 }] };
    await expect(writer.write(ref, live(of(ADA)), session)).rejects.toMatchObject(GONE);
    expect(deleted).toHaveBeenCalledExactlyOnceWith('revoked');
    expect(copies).toHaveBeenCalledExactlyOnceWith('old', expect.anything());
    expect(entries.remove).toHaveBeenCalledExactlyOnceWith(ref.key, [ADA, BOB]);
  });
});

describe('a session that may have been written', () => {
  it.each<[string, (kit: ReturnType<typeof setUp>) => unknown]>([
    ['because the answer of the store was lost', ({ write }) => write.mockRejectedValue(LOST)],
    ['and of which an index does not tell', ({ entries }) => entries.held.mockRejectedValue(LOST)],
  ])('%s, is dropped if nobody knows its ID, and stays otherwise', async (_, fail) => {
    for (const isNew of [true, false]) {
      const kit = setUp();
      fail(kit);
      const { ref, live, entries, writer, dropped } = kit;
      const error = await writer.write(ref, isNew ? null : live(of()), of(ADA)).catch((error) => error);
      expect(error).toBeInstanceOf(UnknownOutcome);
      expect(dropped).toHaveBeenCalledTimes(isNew ? 1 : 0);
      expect(entries.remove.mock.calls).toEqual(isNew ? [[ref.key, [ADA]]] : []);
    }
  });

  it('says so if an index does not tell, whatever the error of that', async () => {
    const { ref, live, entries, writer } = setUp();
    const failure = new Error('refused');
    entries.held.mockRejectedValue(failure);
    const error = await writer.write(ref, live(of()), of(ADA)).catch((error) => error);
    expect(error).toBeInstanceOf(UnknownOutcome);
    await expect(writer.write(ref, null, of(ADA))).rejects.toBe(failure);
  });

  it('stays in the index if its record cannot be deleted', async () => {
    const { ref, entries, writer, dropped } = setUp();
    dropped.mockResolvedValue(false);
    await writer.drop(ref, of(ADA));
    expect(entries.remove).not.toHaveBeenCalled();
  });
});

it('a new session that was certainly not written is not dropped', async () => {
  const { ref, writer, write, dropped } = setUp();
  const failure = new Error('refused');
  write.mockRejectedValue(failure);
  await expect(writer.write(ref, null, of(ADA))).rejects.toBe(failure);
  expect(dropped).not.toHaveBeenCalled();
});

describe('a session under a new ID', () => {
  it('is announced once it is written, and not if the ID is in use', async () => {
    const { ref, live, writer, write } = setUp();
    const announce = vi.fn();
    expect(await writer.writeNew(ref, of(), announce)).toEqual(live(of()));
    expect(announce).toHaveBeenCalledExactlyOnceWith(live(of()));
    write.mockResolvedValue(null);
    expect(await writer.writeNew(ref, of(), announce)).toBeNull();
    expect(announce).toHaveBeenCalledTimes(1);
  });

  it('is dropped if it cannot be announced', async () => {
    const { ref, entries, writer, dropped } = setUp();
    const failure = new Error('The response has begun.');
    const announce = () => {
      throw failure;
    };
    await expect(writer.writeNew(ref, of(ADA), announce)).rejects.toBe(failure);
    expect(dropped).toHaveBeenCalledTimes(1);
    expect(entries.remove).toHaveBeenCalledExactlyOnceWith(ref.key, [ADA]);
  });
});
