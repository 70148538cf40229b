import { isObject, membersOf } from '../lib/json.js';
import { CLOCK_SKEW_MS } from './expiry.js';
import { isTime } from './record-time.js';

/** How many renewals of a record are read. */
const MAX_RENEWALS = 64;

/** How many of those that have ended a record remembers. */
const MAX_ENDED = 8;

/** The longest lease, in milliseconds. Nobody waits longer for one, whatever a record says. */
export const MAX_LEASE_MS = 330_000;

/** What those who wait learn of a renewal that failed. */
export interface RenewalFailure {
  readonly name: string;
  readonly code?: string | number;
}

/** What a record says of the renewal of one of its keys. */
export type Renewal = {
  readonly key: string;
  /** Names the lease, and so who has it or has had it. */
  readonly holder: string;
  /** When the lease ends, or when nobody waits for its end any more. Epoch milliseconds. */
  readonly until: number;
} & (
  | /** It is under way. `ms` is the length of its lease, for those whose clock differs. */
  { readonly is: 'leased'; readonly ms: number }
  /** It has ended, and those who waited take the value. */
  | { readonly is: 'renewed' }
  /** It has ended, and those who waited fail too. */
  | { readonly is: 'failed'; readonly failure: RenewalFailure }
);

/** The right to renew a key: one caller has it at a time. */
export type Lease = Renewal & { readonly is: 'leased' };

/** Returns the renewal of a key. */
export function renewalOf(renewals: readonly Renewal[], key: string): Renewal | undefined {
  return renewals.find((renewal) => renewal.key === key);
}

/** Returns the renewals with one in place of another of its key. */
export function withRenewal(renewals: readonly Renewal[], renewal: Renewal): readonly Renewal[] {
  const others = renewals.filter(({ key }) => key !== renewal.key);
  const leases = others.filter(({ is }) => is === 'leased');
  const ended = others.filter(({ is }) => is !== 'leased').slice(-MAX_ENDED);
  return [...leases, ...ended, renewal];
}

/** Returns the length of the longest lease, in milliseconds; 0 if there is none. */
export function longestLease(renewals: readonly Renewal[]): number {
  return Math.max(0, ...renewals.map((renewal) => (renewal.is === 'leased' ? renewal.ms : 0)));
}

/** Returns whether anybody may still ask for a renewal, by the clock of any server. */
export function mayMatter({ until }: Renewal, now: number): boolean {
  return until + CLOCK_SKEW_MS > now;
}

/** @param since returns a time as the record has it. */
export function formatRenewal(renewal: Renewal, since: (time: number) => number | null): unknown[] {
  const { key, holder, until } = renewal;
  return [key, holder, since(until), ...outcomeOf(renewal)];
}

function outcomeOf(renewal: Renewal): unknown[] {
  if (renewal.is === 'leased') return [renewal.ms];
  return renewal.is === 'failed' ? [renewal.failure] : [];
}

/**
 * Parses the renewals of a record. They are hostile input: what is no renewal is left out.
 *
 * @param start what their times count from.
 */
export function parseRenewals(raw: unknown, start: number): Renewal[] {
  return membersOf(raw)
    .slice(-MAX_RENEWALS)
    .flatMap((one) => parseRenewal(one, start) ?? []);
}

function parseRenewal(raw: unknown, start: number): Renewal | null {
  const [key, holder, offset, outcome] = membersOf(raw);
  if (typeof key !== 'string' || typeof holder !== 'string' || !isTime(offset)) return null;
  const about = { key, holder, until: start + offset };
  if (outcome === undefined) return { is: 'renewed', ...about };
  if (isTime(outcome))
    return outcome > 0 && outcome <= MAX_LEASE_MS ? { is: 'leased', ms: outcome, ...about } : null;
  const failure = parseFailure(outcome);
  return failure && { is: 'failed', failure, ...about };
}

function parseFailure(raw: unknown): RenewalFailure | null {
  if (!isObject(raw) || typeof raw.name !== 'string') return null;
  const { name, code } = raw;
  return typeof code === 'string' || typeof code === 'number' ? { name, code } : { name };
}
