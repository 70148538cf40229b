import { checkHistory } from '../history/check-history.js';
import type { HistoryOperation } from '../history/history.js';
import { type Call, RecordingClient } from './recorder.js';
import { SHORT_MS } from './records.js';
import { MARGIN_MS, type StoreSuite, type Subject } from './suite.js';

const CLIENTS = ['a', 'b', 'c', 'd'];
/** How many calls a client makes, one after the other. */
const CALLS = 60;
/** Sessions are made and destroyed again and again, so one key is enough for most; two show what is mixed up. */
const KEYS = ['one', 'two'];

const WITHOUT_TOUCH: readonly Call[] = [
  'load',
  'swap',
  'get',
  'load',
  'swap',
  'set',
  'destroy',
  'swap',
  'get',
];
const WITH_TOUCH: readonly Call[] = ['get', 'touch', 'set', 'get', 'touch', 'destroy', 'touch', 'get'];

/** Tests that calls of several clients at once are linearizable: that each happens at one moment, for all clients. */
export function testHistories({ describe, expect, contract, testSwap }: StoreSuite): void {
  if (contract.atomic === false) return;
  const { expiryPrecision = 0 } = contract;

  /** Expects that a history is linearizable. If it is not, the assertion shows which part is impossible. */
  const isLinearizable = (history: readonly HistoryOperation[], expiryTolerance = 0) => {
    expect(checkHistory(history, { expiryTolerance }).failure?.text ?? null).toBe(null);
  };

  describe('histories of several clients', () => {
    testSwap('are linearizable with get, load, set, swap and destroy', async (subject) => {
      const { history, clients } = await recorded(subject);
      await Promise.all(clients.map((client, at) => callAll(client, at, WITHOUT_TOUCH)));
      // What a client keeps to itself shows when nothing else happens.
      for (const writer of clients) {
        for (const client of clients) await client.call('get', 'one');
        await writer.call('set', 'one');
        for (const client of clients) await client.call('get', 'one');
      }
      isLinearizable(history);
    });

    testSwap('are linearizable with touch', async (subject) => {
      if (!subject.store.touch) return;
      const { history, clients } = await recorded(subject);
      await Promise.all(clients.map((client, at) => callAll(client, at, WITH_TOUCH)));
      isLinearizable(history);
    });

    testSwap('are linearizable when records expire', async (subject) => {
      if (contract.expires === false) return;
      const { history, clients, clock } = await recorded(subject);
      const [first, ...others] = clients;
      await Promise.all(KEYS.map((key) => first?.call('set', key, SHORT_MS)));
      // This one gets another end.
      await first?.call('set', 'three', SHORT_MS);
      await others[0]?.call('set', 'three');
      for (const key of KEYS) await Promise.all(clients.map((client) => client.call('get', key)));
      for (const client of clients) await client.call('load', 'one');
      await clock.outlive(SHORT_MS);
      await Promise.all(others.map((client) => client.call('swap', 'one')));
      if (subject.store.touch) await first?.call('touch', 'two');
      for (const client of clients) {
        for (const key of [...KEYS, 'three']) await client.call('get', key);
        await client.call('load', 'one');
        await client.call('swap', 'one');
      }
      isLinearizable(history, expiryPrecision + MARGIN_MS / 2);
    });
  });
}

/** Returns clients of a new store that record what they do, and the clock that they record it by. */
async function recorded(subject: Subject) {
  const history: HistoryOperation[] = [];
  let aheadMs = 0;
  const now = () => performance.now() + aheadMs;
  const outlive = async (lifetimeMs: number) => {
    const before = now();
    await subject.outlive(lifetimeMs);
    // Where the test has moved the store's clock, hardly any time has passed on this one.
    aheadMs = Math.max(0, lifetimeMs + MARGIN_MS - (now() - before));
  };
  const stores = await subject.clients(CLIENTS.length);
  const clients = stores.map((store, at) => new RecordingClient(store, CLIENTS[at] ?? '', { history, now }));
  return { history, clients, clock: { outlive } };
}

/** Makes all calls of a client. Each client begins at another place, and pauses now and then. */
async function callAll(client: RecordingClient, at: number, calls: readonly Call[]): Promise<void> {
  for (let round = 0; round < CALLS; round++) {
    const call = calls[(round + at * 2) % calls.length];
    const key = KEYS[Math.floor(round / 10) % KEYS.length] ?? 'one';
    if (call) await client.call(call, key);
    if ((round * 7 + at * 3) % 4 === 0) await new Promise((resolve) => setTimeout(resolve, (round + at) % 3));
  }
}
