import type { Clock } from '../../src/lib/clock.js';
import { checkAmount, checkTestOptions, misuse } from './misuse.js';

/** A span of time: the sum of its parts. */
export interface Duration {
  readonly days?: number | undefined;
  readonly hours?: number | undefined;
  readonly minutes?: number | undefined;
  readonly seconds?: number | undefined;
  readonly ms?: number | undefined;
}

const UNITS: readonly (keyof Duration)[] = ['days', 'hours', 'minutes', 'seconds', 'ms'];

/** A clock that stands still until `advance`. */
export class TestClock implements Clock {
  readonly source = 'test';
  #time: number;

  constructor(start: Date | number) {
    this.#time = new Date(start).getTime();
    if (Number.isNaN(this.#time))
      throw misuse('createSessionTester option now: give a valid Date or epoch milliseconds.');
  }

  readonly now = (): number => this.#time;

  advance(duration: Duration): void {
    if (typeof duration === 'number')
      throw misuse(`advance() takes units: { ms: ${duration} } or { seconds: ${duration} }.`);
    checkTestOptions('advance()', duration, UNITS, {
      milliseconds: 'Use ms',
      weeks: 'Use days',
      years: 'Use days',
    });
    const { days = 0, hours = 0, minutes = 0, seconds = 0, ms = 0 } = duration;
    for (const [unit, amount] of Object.entries({ days, hours, minutes, seconds, ms })) {
      checkAmount(`advance() goes forward only, so for ${unit}`, Number.isFinite(amount) ? amount : null);
    }
    this.#time += (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + ms;
  }
}
