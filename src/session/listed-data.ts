import { copyData, isObject, type JsonObject } from '../lib/json.js';
import { isPromiseLike } from '../lib/maybe-promise.js';
import { hearFailure } from '../lib/native-promise.js';
import { safeName } from '../lib/safe-cause.js';
import { warnOnce } from '../lib/warnings.js';
import type { ResolvedOptions } from '../options/options.js';

const GUIDE = 'reference.md#the-sessions-of-a-user';

/** Returns what the `listed` option shows of a session. One that the app's own function cannot take must not hide the others. */
export function listedData(data: JsonObject, { listed }: Pick<ResolvedOptions, 'listed'>): object {
  try {
    const shown: unknown = listed(copyData(data));
    if (isObject(shown) && !isPromiseLike(shown)) return shown;
    hearFailure(shown);
    warnOnce(
      'the listed option returned no object of keys and values, so a session is listed with empty data.',
      GUIDE,
    );
  } catch (error) {
    warnOnce(
      `the listed option threw (${safeName(error)}), so a session is listed with empty data. Make it take any data.`,
      GUIDE,
    );
  }
  return {};
}
