/**
 * Everything that code may do with a cookie jar, and what came of it: once by Next's own and once by the mock. The jar
 * is asked for as `await cookies()` gives it, with the cookies of COOKIE.
 */
export const COOKIE = 'a=1; b=%20two; a=3; bare; broken=%E0%A4%A; empty=';

export function useJar(jar) {
  const steps = [
    ['get', () => jar.get('a')],
    ['get by object', () => jar.get({ name: 'b' })],
    ['get of none', () => jar.get('none')],
    ['bare', () => jar.get('bare')],
    ['broken', () => jar.get('broken')],
    ['empty', () => jar.get('empty')],
    ['getAll', () => jar.getAll()],
    ['getAll of one', () => jar.getAll('a')],
    ['getAll by object', () => jar.getAll({ name: 'a' })],
    ['has', () => [jar.has('a'), jar.has('none')]],
    ['size', () => jar.size],
    ['iterates', () => typeof jar[Symbol.iterator] === 'function' && [...jar]],
    ['clear', () => typeof jar.clear],
    ['toString', () => jar.toString()],
    ['set returns the jar', () => jar.set('c', 'x y', { httpOnly: true, secure: true }) === jar],
    [
      'set by object',
      () => jar.set({ name: 'd', value: '4', sameSite: 'lax', path: '/p', domain: 'a.example' }) && true,
    ],
    ['set over one', () => jar.set('a', '9') && jar.get('a')],
    ['set with a lifetime', () => withoutDates(jar.set('m', '1', { maxAge: 60 }) && jar.get('m'))],
    ['set with none left', () => jar.set('z', '1', { maxAge: 0 }) && jar.get('z')],
    ['set with a date', () => jar.set('e', '1', { expires: new Date(0) }) && jar.get('e')],
    ['set, sameSite true', () => jar.set('s', '1', { sameSite: true }) && jar.get('s')],
    [
      'set, partitioned and priority',
      () => jar.set('q', '1', { partitioned: true, priority: 'high' }) && jar.get('q'),
    ],
    ['delete returns the jar', () => jar.delete('b') === jar],
    ['has what was deleted', () => [jar.has('b'), jar.get('b')]],
    ['delete by object', () => jar.delete({ name: 'd', path: '/p', domain: 'a.example' }) && jar.get('d')],
    ['set what was deleted', () => jar.set('b', 'back') && jar.get('b')],
    ['getAll in the end', () => jar.getAll().map(withoutDates)],
  ];
  return Object.fromEntries(steps.map(([name, step]) => [name, outcome(step)]));
}

/** As JSON has it, so that both sides compare alike. */
function outcome(step) {
  try {
    return JSON.parse(JSON.stringify(step() ?? null));
  } catch (error) {
    return { name: error.name, message: error.message };
  }
}

function withoutDates(cookie) {
  return cookie.maxAge ? { ...cookie, expires: typeof cookie.expires } : cookie;
}
