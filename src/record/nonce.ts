import { randomText } from '../lib/random-text.js';

/** 72 random bits: two writes never share one, and the SHA-1 of a record tells nothing about its data. */
const LENGTH = 12;

/** Names that are made at once. To ask the system for random bytes takes as long as to sign a cookie. */
const BATCH = 64;

let names = '';
let taken = 0;

/** Returns the name of a write. */
export function newNonce(): string {
  if (taken === names.length) {
    names = randomText(LENGTH * BATCH);
    taken = 0;
  }
  const from = taken;
  taken += LENGTH;
  return names.slice(from, taken);
}
