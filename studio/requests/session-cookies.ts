import { proveId } from '../../src/cookie/signature.js';
import { SessionError } from '../../src/lib/errors.js';
import type { ResolvedOptions } from '../../src/options/options.js';
import { cookieValues } from '../../src/scope/cookie-values.js';
import type { SetCookie } from '../seen/seen-request.js';

/** A session ID that a cookie proves. */
export interface ProvenCookie {
  /** The name under which the session goes on: the first of its session module. */
  readonly name: string;
  readonly id: string;
}

/** What the session cookies of a Cookie header, or of Set-Cookie headers, prove. */
export interface FoundCookies {
  /** Whether there is any session cookie. */
  readonly isSent: boolean;
  readonly proven: readonly ProvenCookie[];
}

/** Returns the session cookies that a request came with. */
export function cookiesSent(header: string | undefined, all: readonly ResolvedOptions[]): FoundCookies {
  const found = all.flatMap((options) =>
    options.names.flatMap((name) =>
      cookieValues(name, header, undefined).map((value) => proven(value, options)),
    ),
  );
  return { isSent: found.length > 0, proven: found.flatMap((one) => one ?? []) };
}

/** Returns the session cookies that a response sets, without their values. */
export function cookiesSet(
  headers: readonly string[],
  all: readonly ResolvedOptions[],
): { readonly shown: readonly SetCookie[]; readonly proven: readonly ProvenCookie[] } {
  const shown: SetCookie[] = [];
  const ids: ProvenCookie[] = [];
  for (const header of headers) {
    const [pair = '', ...attributes] = header.split(/; */);
    const name = pair.split('=', 1)[0] ?? '';
    const options = all.find(({ names }) => names.includes(name.trim()));
    if (!options) continue;
    const [value = ''] = cookieValues(name.trim(), pair, undefined);
    const known = proven(value, options);
    if (known) ids.push(known);
    shown.push({ name, is: value === '' ? 'expired' : 'set', attributes: attributes.join('; ') });
  }
  return { shown, proven: ids };
}

function proven(value: string, { name, secrets }: ResolvedOptions): ProvenCookie | undefined {
  // Without the secrets no ID is known.
  if (SessionError.is(secrets)) return undefined;
  const found = proveId(value, secrets);
  return found ? { name, id: found.id } : undefined;
}
