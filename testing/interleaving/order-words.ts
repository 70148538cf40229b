import type { Step } from './turns.js';

/** Says an order in words: "b read, a read, a wrote, b wrote". */
export function orderInWords(steps: readonly Step[]): string {
  return steps.flatMap(wordsOf).join(', ') || 'no call of the store';
}

function wordsOf({ process, words, accesses }: Step): string[] {
  const moved = accesses.written.includes('clock') ? 'moved the clock' : null;
  return [words, moved].flatMap((said) => (said === null ? [] : [`${process.letter} ${said}`]));
}

/** Returns an order in the form of the `replay` option. */
export function orderToReplay(steps: readonly Step[]): string {
  return steps.map(({ choice }) => choice).join(' ');
}

/** Returns whether the handlers ran one after the other, and no call failed. */
export function isOneByOne(steps: readonly Step[]): boolean {
  const letters = steps.map(({ choice }) => choice);
  const turns = letters.filter((letter, at) => letter !== letters[at - 1]);
  return new Set(turns).size === turns.length && letters.every((letter) => letter.length === 1);
}
