import { runSteps } from '../../lib/run-steps';
import { session } from '../../lib/session';

async function end(form) {
  'use server';
  const sessions = session.user(await session().get('user'));
  if (form.get('end') === 'all') return sessions.revokeAll();
  const chosen = (await sessions.list()).find(({ data }) => data.device === form.get('end'));
  await sessions.revoke(chosen.handle);
}

/** The sessions of who is signed in; with `?end`, also how it went to end them while rendering. */
export default async function Page({ searchParams }) {
  const user = await session().get('user');
  if (!user) return <p>Signed out</p>;
  const ways = [['revoke', 'any'], ['revokeOthers'], ['revokeAll']];
  // Not in the render after the action: Next 16 leaves that in the action's phase, and cookies().set works there.
  const tried = (await searchParams).end === undefined ? [] : ways;
  const [sessions, ...ended] = await runSteps({
    steps: [['list'], ...tried].map((way) => ['user', user, ...way]),
  });
  return (
    <form action={end}>
      <pre>{JSON.stringify([sessions, ended.map((result) => result.code)])}</pre>
      <input name="end" />
      <button type="submit">End</button>
    </form>
  );
}
