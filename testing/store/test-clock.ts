import type { Clock } from '../../src/lib/clock.js';

/** A span of time: the sum of its parts. */
export interface Duration {
  readonly days?: number | undefined;
  readonly hours?: number | undefined;
  readonly minutes?: number | undefined;
  readonly seconds?: number | undefined;
  readonly ms?: number | undefined;
}

/** A clock that stands still until `advance`. */
export class TestClock implements Clock {
  readonly source = 'test';
  #time: number;

  constructor(start: Date | number) {
    this.#time = new Date(start).getTime();
  }

  readonly now = (): number => this.#time;

  advance({ days = 0, hours = 0, minutes = 0, seconds = 0, ms = 0 }: Duration): void {
    this.#time += (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + ms;
  }
}
