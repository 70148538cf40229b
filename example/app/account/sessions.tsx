import { signOut } from '@/app/sign-in/actions';
import { Time } from '@/components/time';
import { session } from '@/lib/session';
import { endOtherSessions, endSession } from './actions';

/** Where a user is signed in, with a way out of each. */
export async function Sessions({ user }: { user: string }) {
  const sessions = await session.user(`name:${user}`).list();
  return (
    <section aria-labelledby="sessions">
      <h2 id="sessions">Where you are signed in</h2>
      <ul className="sessions">
        {sessions.map(({ handle, current, createdAt, regeneratedAt, lastSeenAt, data }) => (
          <li key={handle}>
            <p>
              <strong>{data.device}</strong>
              {current && <span className="tag">this browser</span>}
              <span className="hint">
                Signed in <Time value={regeneratedAt ?? createdAt} />
              </span>
              <span className="hint">
                Last seen <Time value={lastSeenAt} />
              </span>
            </p>
            {current ? (
              <form action={signOut}>
                <button type="submit">Sign out here</button>
              </form>
            ) : (
              <form action={endSession}>
                <input type="hidden" name="handle" value={handle} />
                <button type="submit">Sign out</button>
              </form>
            )}
          </li>
        ))}
      </ul>
      {sessions.length > 1 && (
        <form action={endOtherSessions}>
          <button type="submit">Sign out everywhere else</button>
        </form>
      )}
    </section>
  );
}
