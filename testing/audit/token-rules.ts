import { MIN_SECRET_LENGTH } from '../../src/options/secrets.js';
import { type AuditVerdict, app, met, setting } from './audit-row.js';
import { SAMPLES } from './genid-sample.js';
import type { SetUp } from './set-up.js';

/** ASVS 7.2.3. A sample shows a fraction of a bit too little. */
const MIN_BITS = 128;
const TOLERANCE = 1;
/** Random text of 32 letters has more of them, in hexadecimal too. */
const MIN_LETTERS = 8;

const NEW_SECRET = 'Set secret to the output of "openssl rand -base64 32".';

/**
 * Returns what 7.2.1 says. The store decides about each session, whatever the options. A good signature keeps guesses from it, which
 * ASVS does not ask for by number: this rule is stricter.
 */
export function judgeVerification({ secrets }: SetUp): AuditVerdict {
  if (secrets.length === 0)
    return setting(
      'The ID is not signed, so each cookie that somebody makes up reaches the store.',
      NEW_SECRET,
    );
  const weak = secrets.findIndex(isWeak);
  if (weak >= 0)
    return setting(
      `Secret ${weak + 1} of ${secrets.length} has fewer than ${MIN_SECRET_LENGTH} characters, or few different ones, so it can be guessed.`,
      NEW_SECRET,
    );
  return met('The signature and the store decide, on the server. Whether a secret is random cannot be seen.');
}

/** Returns what 7.2.3 says. */
export function judgeIds({ ids, hashesIds }: SetUp): AuditVerdict {
  const kept = hashesIds
    ? 'The store sees a hash of it.'
    : 'The store holds the ID itself (hashIds is false).';
  const fix = `Leave genid out, or let it return ${MIN_BITS} random bits: randomBytes(16).toString('base64url').`;
  switch (ids.kind) {
    case 'default':
      return met(`An ID has 132 random bits from a CSPRNG. ${kept}`);
    case 'repeats':
      return setting(`genid returned an ID twice in ${SAMPLES} calls.`, fix);
    case 'at most':
      return ids.bits >= MIN_BITS - TOLERANCE
        ? app(
            `${SAMPLES} IDs of genid look random enough. Make sure that they come from a CSPRNG: a sample cannot show it. ${kept}`,
          )
        : setting(`The IDs of genid have ${Math.floor(ids.bits)} random bits at most.`, fix);
  }
}

/** Returns what 7.2.4 says: only the app knows when somebody signs in. */
export function judgeSignIn({ options: { graceMs } }: SetUp): AuditVerdict {
  const old =
    graceMs > 0
      ? `The old ID then reads what was there before for ${graceMs / 1000} seconds, unless the user changes; regenerateGrace: 0 ends it at once.`
      : 'The old ID ends at once.';
  return app(`Call regenerate() at each sign-in and at each re-authentication. ${old}`);
}

function isWeak(secret: string): boolean {
  return secret.length < MIN_SECRET_LENGTH || new Set(secret).size < MIN_LETTERS;
}
