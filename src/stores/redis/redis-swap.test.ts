import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { RedisClient, SendToRedis } from './redis-client.js';
import { RedisSwap } from './redis-swap.js';

// What is sent and when. That the ways to swap have the same results is shown on real servers, in e2e/stores/redis-swap.test.ts.

type Answer = (command: readonly string[], key: string) => unknown;

const isQuestion = (command: readonly string[]) => command[3] === 'IFEQ' && command[4] === '';
const knowsIfeq: Answer = (command) => {
  if (command[0] !== 'SET') return 1;
  return isQuestion(command) ? null : 'OK';
};
/** It reads the options one by one, and deletes the key as soon as it comes to an end in the past. Dragonfly is such a server. */
const deletesAtOnce: Answer = ([name, , , ...options]) => {
  if (name !== 'SET') return 1;
  if (options.indexOf('PXAT') === 0) return 'OK';
  throw new Error('ERR syntax error');
};
const refusesIfeq = (message: string): Answer => {
  return (command) => {
    if (command.includes('IFEQ')) throw new Error(message);
    return command[0] === 'SET' ? 'OK' : 1;
  };
};

const refusesEndInPast: Answer = (command, key) => {
  if (command.includes('PXAT')) throw new Error("ERR invalid expire time in 'set' command");
  return knowsIfeq(command, key);
};

/** A client whose server answers like that, and the names of what it was sent. A SET that compares is `IFEQ`, the question is `?`. */
function setUp(answer: Answer) {
  const sent: string[] = [];
  let answers = answer;
  const client = new EventEmitter() as unknown as RedisClient & EventEmitter;
  const write: SendToRedis = async (key, command) => {
    sent.push(isQuestion(command) ? '?' : command.includes('IFEQ') ? 'IFEQ' : command[0]);
    return answers(command, key);
  };
  const swaps = new RedisSwap(client, write, 'sess:');
  return {
    client,
    write,
    replace: (key = 'sess:a') => swaps.replace(key, 'old', 'new', '1000'),
    replaceLong: () => swaps.replace('sess:a', 'x'.repeat(8193), 'new', '1000'),
    remove: (expected: string | null = 'old') => swaps.remove('sess:a', expected),
    /** Returns what was sent since it was called last. */
    sent: () => sent.splice(0),
    answerBy: (next: Answer) => {
      answers = next;
    },
  };
}

describe('a server that compares in SET', () => {
  it('is asked once, also by another store of the client', async () => {
    const { client, write, replace, remove, sent } = setUp(knowsIfeq);
    expect(await replace()).toBe(true);
    expect(await remove()).toBe(true);
    await new RedisSwap(client, write, 'other:').replace('other:a', 'old', 'new', '1000');
    expect(sent()).toEqual(['?', 'IFEQ', 'IFEQ', 'IFEQ']);
  });

  it('gets a script for a long record, and for a removal where nothing is', async () => {
    const { replaceLong, remove, sent } = setUp(knowsIfeq);
    expect(await replaceLong()).toBe(true);
    expect(await remove(null)).toBe(true);
    expect(sent()).toEqual(['EVALSHA', 'EVALSHA']);
  });

  it.each(['ready', '+node', 'node-ready', 'topology-change', 'error'])(
    'is asked again after %s',
    async (event) => {
      const { client, replace, sent } = setUp(knowsIfeq);
      await replace();
      client.on('error', () => {});
      client.emit(event, new Error('The connection is lost.'));
      await replace();
      await replace();
      expect(sent()).toEqual(['?', 'IFEQ', '?', 'IFEQ', 'IFEQ']);
    },
  );

  it('holds no swap of another node up while it hangs', async () => {
    const { replace, sent, answerBy } = setUp(knowsIfeq);
    answerBy((command, key) => (key === 'sess:hangs' ? new Promise(() => {}) : knowsIfeq(command, key)));
    void replace('sess:hangs');
    expect(await replace()).toBe(true);
    expect(sent()).toEqual(['?', '?', 'IFEQ']);
  });

  it('gets the script for the call that it refuses after all, as an older node of a cluster, and the next call asks', async () => {
    const { replace, sent, answerBy } = setUp(knowsIfeq);
    await replace();
    answerBy(refusesIfeq('ERR syntax error'));
    expect(await replace()).toBe(true);
    expect(await replace()).toBe(true);
    expect(sent()).toEqual(['?', 'IFEQ', 'IFEQ', 'EVALSHA', '?', 'EVALSHA']);
  });

  it('gets the script for a removal that another kind of server would do without the condition', async () => {
    const { remove, sent, answerBy } = setUp(knowsIfeq);
    await remove();
    answerBy(deletesAtOnce);
    expect(await remove()).toBe(true);
    expect(sent()).toEqual(['?', 'IFEQ', 'IFEQ', 'EVALSHA']);
  });

  it.each([
    'WRONGTYPE Operation against a key holding the wrong kind of value',
    "READONLY You can't write against a read only replica.",
    'Connection is closed.',
    'ERR the server is lost',
    'The connection is lost, command was: set a "ERR syntax error OOM ',
  ])('is sent nothing more when a swap fails with: %s', async (message) => {
    const { replace, sent, answerBy } = setUp(knowsIfeq);
    await replace();
    answerBy(refusesIfeq(message));
    await expect(replace()).rejects.toThrow(message);
    expect(sent()).toEqual(['?', 'IFEQ', 'IFEQ']);
  });

  it('gets a script when its memory is full, which may delete', async () => {
    const { remove, sent, answerBy } = setUp(knowsIfeq);
    await remove();
    answerBy(refusesIfeq("OOM command not allowed when used memory > 'maxmemory'."));
    expect(await remove()).toBe(true);
    expect(sent()).toEqual(['?', 'IFEQ', 'IFEQ', 'EVALSHA']);
  });
});

describe('a server that does not', () => {
  it.each(['ERR syntax error', 'ERR unsupported option'])(
    'gets scripts, and is asked once: %s',
    async (message) => {
      const { replace, remove, sent } = setUp(refusesIfeq(message));
      expect(await replace()).toBe(true);
      expect(await remove()).toBe(true);
      expect(sent()).toEqual(['?', 'EVALSHA', 'EVALSHA']);
    },
  );

  it('gets scripts if it takes no notice of the condition', async () => {
    const { replace, sent } = setUp(([name]) => (name === 'SET' ? 'OK' : 1));
    await replace();
    await replace();
    expect(sent()).toEqual(['?', 'EVALSHA', 'EVALSHA']);
  });

  it.each<[string, Answer]>([
    ['refuses an end in the past', refusesEndInPast],
    [
      'deletes for it whatever the condition is',
      (command) => (command.includes('PXAT') ? 'OK' : knowsIfeq(command, '')),
    ],
  ])('gets scripts if it %s', async (_, answer) => {
    const { replace, remove, sent } = setUp(answer);
    expect(await replace()).toBe(true);
    expect(await remove()).toBe(true);
    expect(sent()).toEqual(['?', 'EVALSHA', 'EVALSHA']);
  });

  it('is asked again by the next swap if its memory was full', async () => {
    const { remove, sent } = setUp(refusesIfeq("OOM command not allowed when used memory > 'maxmemory'."));
    expect(await remove()).toBe(true);
    expect(await remove()).toBe(true);
    expect(sent()).toEqual(['?', 'EVALSHA', '?', 'EVALSHA']);
  });
});

it('where nobody answers the question, the swap fails with its error, and is not sent', async () => {
  const { replace, sent } = setUp(refusesIfeq('Connection is closed.'));
  await expect(replace()).rejects.toThrow('Connection is closed.');
  expect(sent()).toEqual(['?']);
});
