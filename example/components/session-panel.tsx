import { describeSession } from '@/lib/describe-session';
import { session } from '@/lib/session';
import { SessionView } from './session-view';

/** The visitor's session as it is now. A Server Component reads it in place: no props, no fetch. */
export async function SessionPanel() {
  return <SessionView summary={await describeSession(session())} />;
}
