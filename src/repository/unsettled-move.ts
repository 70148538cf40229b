import type { LiveSession } from './session-ref.js';

/**
 * Tells that a session has its new ID, and that nobody knows whether the old one still leads to it: the store did not answer.
 * The visitor has to get the new ID. If the old record is gone, the old ID leads to nothing.
 */
export class UnsettledMove extends Error {
  readonly successor: LiveSession;
  /** The error of the store. */
  readonly failure: unknown;

  constructor(successor: LiveSession, failure: unknown) {
    super('The old record may be left.');
    this.successor = successor;
    this.failure = failure;
  }
}

/** Returns the error as such a move. Throws any other error. */
export function unsettledMove(error: unknown): UnsettledMove {
  if (error instanceof UnsettledMove) return error;
  throw error;
}
