import type { HostProcess } from '../lib/host-process.js';
import type { Refreshed } from './flight.js';

const REGISTRY = Symbol.for('next-app-session.flights');

/** A flight under way, and until when anybody waits for it, in milliseconds of `performance.now()`. */
interface UnderWay {
  readonly landing: Promise<Refreshed>;
  wantedUntil: number;
}

/** All copies of this module in a process share them, because Next loads several, and their requests share sessions. */
function flightsOf({ shared }: HostProcess): Map<string, UnderWay> {
  const registry: { [REGISTRY]?: Map<string, UnderWay> } = shared;
  registry[REGISTRY] ??= new Map();
  return registry[REGISTRY];
}

/**
 * Returns the result of the flight under way under this name, or of a new one.
 *
 * @param until when this caller gives up, in milliseconds of `performance.now()`.
 * @param start begins a flight. It is told whether anybody still waits.
 */
export function joinFlight(
  process: HostProcess,
  name: string,
  until: number,
  start: (isWanted: () => boolean) => Promise<Refreshed>,
): Promise<Refreshed> {
  const flights = flightsOf(process);
  const underWay = flights.get(name);
  if (underWay) {
    underWay.wantedUntil = Math.max(underWay.wantedUntil, until);
    return underWay.landing.then(({ value }) => ({ value, how: 'waited' }));
  }
  const wanted = { wantedUntil: until };
  const landing = start(() => performance.now() < wanted.wantedUntil);
  flights.set(name, Object.assign(wanted, { landing }));
  const land = () => void flights.delete(name);
  // It also ends if all who waited have given up.
  landing.then(land, land);
  return landing;
}
