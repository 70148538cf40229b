import { getIronSession } from 'iron-session';
import { cookies } from 'next/headers';
import { type SessionData, sessionOptions } from './session';

export async function getSession() {
  return getIronSession<SessionData>(await cookies(), sessionOptions);
}
