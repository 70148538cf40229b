import { checkEntries, checkTolerance } from './check-entries.js';
import { failureText } from './failure-text.js';
import type { History, HistoryLoss, HistoryOperation, HistoryOptions, HistoryVerdict } from './history.js';
import { Search } from './search.js';
import { smallestPart } from './smallest-part.js';
import { stepsOf } from './steps.js';

/**
 * Checks whether recorded concurrent operations are linearizable: whether each can have happened at one moment between its call
 * and its answer, so that all answers are those of one after another.
 *
 * Each key is checked alone, and begins with nothing. A history is linearizable if that of each key is (Herlihy and Wing, 1990).
 *
 * @param history the operations, in any order
 * @param options how exactly values end
 * @returns `failure` is `null`, or the smallest part of the history that is impossible, with a text for people. `losses` is the
 * smallest number of losses that explains all.
 * @throws SessionError `ERR_SESSION_TESTING`, with the index of an entry that means nothing; also for a history that can have happened in
 * too many ways
 * @example
 * expect(checkHistory(history).failure).toBeNull();
 */
export function checkHistory(history: History, { expiryTolerance = 0 }: HistoryOptions = {}): HistoryVerdict {
  checkEntries(history);
  checkTolerance(expiryTolerance);
  const allLosses = history.filter((entry): entry is HistoryLoss => entry.kind === 'loss');
  const operations = history.filter((entry): entry is HistoryOperation => entry.kind !== 'loss');
  let losses = 0;
  for (const [key, ofKey] of byKey(operations)) {
    const lossesOfKey = allLosses.filter((loss) => loss.key === undefined || loss.key === key);
    const steps = stepsOf(ofKey, lossesOfKey, expiryTolerance);
    const search = new Search(steps);
    const impossible = search.run();
    if (impossible) {
      const part = smallestPart(steps, impossible);
      const text = failureText(part, steps.names, { key, of: ofKey.length });
      const failure = { key, text, operations: part.steps.map(({ operation }) => operation) };
      return { isLinearizable: false, failure, losses };
    }
    losses += search.losses;
  }
  return { isLinearizable: true, failure: null, losses };
}

function byKey(operations: readonly HistoryOperation[]): Map<string | null, HistoryOperation[]> {
  const keys = new Map<string | null, HistoryOperation[]>();
  for (const operation of operations) {
    const key = operation.key ?? null;
    const known = keys.get(key);
    if (known) known.push(operation);
    else keys.set(key, [operation]);
  }
  return keys;
}
