import type { SeenCall } from '../seen/seen-request.js';

/** Returns how many calls in a row, of the same operation for the same session, had ended in a conflict right before this one. */
export function retriesBefore(calls: readonly SeenCall[], at: number): number {
  const { operation, session } = calls[at] as SeenCall;
  const alike = calls.slice(0, at).filter((call) => call.operation === operation && call.session === session);
  const last = alike.findLastIndex(({ end }) => end?.outcome !== 'conflict');
  return alike.length - 1 - last;
}
