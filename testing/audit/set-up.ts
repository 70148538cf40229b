import type { ResolvedOptions } from '../../src/options/options.js';
import { requireSecrets } from '../../src/options/secrets.js';
import type { SessionInternals } from '../../src/session-internals.js';
import type { Store } from '../../src/store-contract/store.js';
import type { AuditLevel } from './audit-row.js';
import { type GenidSample, sampleGenid } from './genid-sample.js';

/** An app's set-up, as the rules of the audit see it. */
export interface SetUp {
  readonly options: ResolvedOptions;
  readonly store: Store<object>;
  readonly secrets: readonly string[];
  readonly ids: GenidSample;
  /** Whether the cookie is Secure in production. The default depends on NODE_ENV. */
  readonly isSecure: boolean;
  /** Whether the store sees hashes of the IDs. */
  readonly hashesIds: boolean;
  readonly level: AuditLevel;
}

export async function readSetUp(
  { options, given, openStore }: SessionInternals,
  level: AuditLevel,
): Promise<SetUp> {
  const store = await openStore();
  return {
    options,
    store,
    secrets: requireSecrets(options.secrets),
    ids: await sampleGenid(options.genid),
    isSecure: given.cookie?.secure ?? true,
    hashesIds: options.hashIds ?? store.hashIds ?? false,
    level,
  };
}

/** What to do where an option depends on NODE_ENV: a test sees the value of tests. */
export function inProduction(fix: string): string {
  return process.env.NODE_ENV === 'production'
    ? fix
    : `${fix} If your session module sets it in production alone, load the module with NODE_ENV=production.`;
}
