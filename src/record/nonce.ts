import { randomText } from '../lib/random-text.js';

/** 72 random bits: two writes never share one, and the SHA-1 of a record tells nothing about its data. */
const LENGTH = 12;

/** Returns the name of a write. */
export function newNonce(): string {
  return randomText(LENGTH);
}
