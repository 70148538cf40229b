import type { Refreshed } from './flight.js';

const REGISTRY = Symbol.for('next-app-session.flights');

/** On globalThis, because Next loads several copies of this module into one process, and their requests share sessions. */
function flights(): Map<string, Promise<Refreshed>> {
  const registry = globalThis as { [REGISTRY]?: Map<string, Promise<Refreshed>> };
  registry[REGISTRY] ??= new Map();
  return registry[REGISTRY];
}

/** Returns the result of the flight under way under this name, or of a new one. */
export function joinFlight(name: string, start: () => Promise<Refreshed>): Promise<Refreshed> {
  const underWay = flights().get(name);
  if (underWay) return underWay.then(({ value }) => ({ value, how: 'waited' }));
  const flight = start();
  flights().set(name, flight);
  const land = () => void flights().delete(name);
  // It also ends if all who waited have given up.
  flight.then(land, land);
  return flight;
}
