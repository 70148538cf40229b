import { SessionError } from '../../src/lib/errors.js';
import { EMPTY, NOTHING, onlySees, type State, type Step, UNKNOWN } from './register.js';
import { type Impossible, Search } from './search.js';
import { type Steps, weakened } from './steps.js';

/** A part of a history that is impossible for itself, and stays so whatever happened beside it. */
export interface Part {
  readonly steps: readonly Step[];
  readonly impossible: Impossible;
}

/** Steps that the part consists of, and what else may have happened meanwhile. */
interface Split {
  readonly start: State;
  readonly kept: readonly Step[];
  /** Their answers are ignored, so that nothing follows from them. */
  readonly beside: readonly Step[];
}

/**
 * Returns the smallest part of a history in which this step is impossible.
 *
 * A part is smaller only by what it does not say: steps that only see are left out, others may have happened or not, and before the
 * part anything may have happened. So what is impossible in the part is impossible in the whole.
 */
export function smallestPart(steps: Steps, found: Impossible): Part {
  const try_ = (split: Split): Impossible | null => search(steps, split);
  let split = firstOnes(steps, found.step, (one) => try_(one) !== null);
  split = lastOnes(split, (one) => try_(one) !== null);
  for (let size = split.kept.length >> 1; size >= 1; size >>= 1) {
    for (let first = 0; first < split.kept.length; ) {
      const smaller = without(split, first, size);
      if (try_(smaller)) split = smaller;
      else first += size;
    }
  }
  // Without a look ahead, it is the step that saw the impossible.
  const impossible = search(steps, split, false) ?? found;
  return { steps: withWriters(split, steps), impossible };
}

function search(
  { ends, losses, names }: Steps,
  { start, kept, beside }: Split,
  looksAhead = true,
): Impossible | null {
  const list = [...kept, ...beside].sort((a, b) => a.called - b.called || a.index - b.index);
  try {
    return new Search({ list, ends, losses, names }, start, looksAhead).run();
  } catch (error) {
    // With fewer answers there may be too many ways. Then this part is not the one.
    if (SessionError.is(error)) return null;
    throw error;
  }
}

/**
 * The first steps that are impossible already: the search has looked ahead of the step that it found. What is answered later
 * than they are may have happened.
 */
function firstOnes({ list }: Steps, { returned }: Step, isImpossible: (split: Split) => boolean): Split {
  const later = list.filter((step) => step.returned > returned && step.returned < Number.POSITIVE_INFINITY);
  later.sort((a, b) => a.returned - b.returned);
  let end = returned;
  for (let count = 8; ; count *= 2) {
    const called = list.filter((step) => step.called <= end);
    const beside = called.filter((step) => step.returned > end && !onlySees(step)).map(weakened);
    const split = { start: EMPTY, kept: called.filter((step) => step.returned <= end), beside };
    if (end === Number.POSITIVE_INFINITY || isImpossible(split)) return split;
    end = later[count]?.returned ?? Number.POSITIVE_INFINITY;
  }
}

/** The last steps that are enough if anything may have happened before. */
function lastOnes(split: Split, isImpossible: (split: Split) => boolean): Split {
  const byAnswer = [...split.kept].sort((a, b) => b.returned - a.returned);
  for (let count = 2; count < byAnswer.length; count *= 2) {
    const kept = byAnswer.slice(0, count).sort((a, b) => a.index - b.index);
    const begin = Math.min(...kept.map(({ called }) => called));
    // What was answered before is over. What was not may have happened meanwhile.
    const meanwhile = byAnswer.slice(count).filter((step) => step.returned >= begin && !onlySees(step));
    const part = { start: UNKNOWN, kept, beside: [...split.beside, ...meanwhile.map(weakened)] };
    if (isImpossible(part)) return part;
  }
  return split;
}

function without({ start, kept, beside }: Split, first: number, size: number): Split {
  const removed = kept.slice(first, first + size);
  return {
    start,
    kept: [...kept.slice(0, first), ...kept.slice(first + size)],
    beside: [...beside, ...removed.filter((step) => !onlySees(step)).map(weakened)],
  };
}

/** The steps of a part, and those that wrote what they saw: with these it is easier to understand. */
function withWriters({ kept }: Split, { list }: Steps): Step[] {
  const seen = new Set(kept.map(({ expects }) => expects));
  const isKept = new Set(kept.map(({ index }) => index));
  return list.filter(
    ({ index, writes, outcome }) =>
      isKept.has(index) || (writes !== NOTHING && outcome !== 'refused' && seen.has(writes)),
  );
}
