import { copyData } from '../../src/lib/json.js';
import type { ResolvedOptions } from '../../src/options/options.js';
import type { Session } from '../../src/record/record.js';
import { jsonBytes } from '../../src/record/record-size.js';
import { userIds } from '../../src/record/user-key.js';
import { listedData } from '../../src/session/listed-data.js';
import type { SessionFacts } from '../seen/seen-session.js';

/** Returns what the table shows of a session. */
export function factsOf(session: Session, options: ResolvedOptions): SessionFacts {
  const { data, createdAt, lastSeenAt, expiresAt, regeneratedAt } = session;
  return {
    users: unlessThrown(() => userIds(options.user?.(copyData(data))), []),
    listed: unlessThrown(() => JSON.parse(JSON.stringify(listedData(data, options))), {}),
    createdAt,
    lastSeenAt,
    expiresAt,
    regeneratedAt,
    size: jsonBytes(data),
  };
}

/** The app's own functions may not take every session, or return what is no JSON. The others are shown all the same. */
function unlessThrown<T>(ask: () => T, otherwise: T): T {
  try {
    return ask();
  } catch {
    return otherwise;
  }
}
