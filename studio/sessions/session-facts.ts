import { copyData, isObject } from '../../src/lib/json.js';
import type { ResolvedOptions } from '../../src/options/options.js';
import type { Session } from '../../src/record/record.js';
import { jsonBytes } from '../../src/record/record-size.js';
import { userIds } from '../../src/record/user-key.js';
import type { SessionFacts } from '../seen/seen-session.js';

/** Returns what the table shows of a session. */
export function factsOf(session: Session, { user, listed }: ResolvedOptions): SessionFacts {
  const { data, createdAt, lastSeenAt, expiresAt, regeneratedAt } = session;
  return {
    users: unlessThrown(() => userIds(user?.(copyData(data))), []),
    listed: unlessThrown(() => {
      const shown: unknown = listed(copyData(data));
      return isObject(shown) ? shown : {};
    }, {}),
    createdAt,
    lastSeenAt,
    expiresAt,
    regeneratedAt,
    size: jsonBytes(data),
  };
}

/** The app's own functions may not take every session. The others are shown all the same. */
function unlessThrown<T>(ask: () => T, otherwise: T): T {
  try {
    return ask();
  } catch {
    return otherwise;
  }
}
