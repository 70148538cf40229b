import { describe, expect, it } from 'vitest';
import { Deadline } from '../lib/deadline.js';
import { OperationQueue } from './operation-queue.js';

/** A queue, and operations that say when they start and end. */
function setUp() {
  const queue = new OperationQueue(() => new Deadline(1000));
  const log: string[] = [];
  const add = (name: string) =>
    queue.add(async () => {
      log.push(`${name} starts`);
      await new Promise(setImmediate);
      log.push(`${name} ends`);
      return name;
    });
  return { queue, log, add };
}

describe('the operations of a request', () => {
  it('run one after another, also one that comes while the second runs', async () => {
    const { log, add } = setUp();
    const first = add('1');
    const second = add('2');
    expect(await first).toBe('1');
    const third = add('3');
    expect(await Promise.all([second, third])).toEqual(['2', '3']);
    expect(log).toEqual(['1 starts', '1 ends', '2 starts', '2 ends', '3 starts', '3 ends']);
  });

  it('go on after one that fails, which its caller alone learns', async () => {
    const { queue, add } = setUp();
    const failed = queue.add(() => Promise.reject(new Error('no')));
    const next = add('next');
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('next');
  });
});
