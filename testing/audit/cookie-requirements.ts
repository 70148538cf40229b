import { MAX_VALUE_LENGTH } from '../../src/cookie/signature.js';
import { app, met, setting } from './audit-row.js';
import type { Requirement } from './requirement.js';
import { inProduction } from './set-up.js';

/** What browsers take (RFC 6265bis, 5.5). */
const MAX_BYTES = 4096;
/** A letter of the value takes three where it is percent-encoded. */
const ENCODED = 3;

const HOST = '__Host-';
const SECURE = '__Secure-';

/** Says how to name the cookie, also where visitors have one of the name so far. */
const fixName = (prefix: string, name: string) =>
  inProduction(
    `Set name: '${prefix}sid'${prefix === HOST ? ", without cookie.domain and with cookie.path '/'" : ''}. While visitors have the ` +
      `old cookie, it is ['${prefix}sid', '${name}']. If an environment variable has the name, set that in this test too.`,
  );

/** Section V3.3, "Cookie Setup". */
export const cookieRequirements: readonly Requirement[] = [
  {
    requirement: '3.3.1',
    level: 1,
    title: 'The cookie is Secure, and its name begins with __Host- or __Secure-',
    docs: 'docs/deployment.md#the-cookies-name',
    by: 'settings',
    judge: ({ options: { name, names, cookie }, isSecure }) => {
      if (!isSecure)
        return setting(
          'cookie.secure is false.',
          inProduction('Leave cookie.secure out, or set it to true.'),
        );
      if (name.startsWith(HOST) || name.startsWith(SECURE))
        return met(`Secure, and named ${name}.${formerNames(names)}`);
      const fix = fixName(cookie.domain ? SECURE : HOST, name);
      return setting(`The cookie is named ${name}: a page over plain http could set it.`, fix);
    },
  },
  {
    requirement: '3.3.2',
    level: 2,
    title: 'SameSite fits the purpose of the cookie',
    docs: 'docs/protect.md#other-sites-requests-csrf',
    by: 'settings',
    judge: ({ options: { cookie } }) =>
      cookie.sameSite === 'lax' || cookie.sameSite === 'strict'
        ? met(`SameSite is ${cookie.sameSite}. Route Handlers that change something check the origin too.`)
        : setting(
            `SameSite is ${cookie.sameSite ?? 'left out'}, so requests of other sites come with the session.`,
            "Set cookie.sameSite to 'lax' or 'strict', unless other sites have to show your app in a frame.",
          ),
  },
  {
    requirement: '3.3.3',
    level: 2,
    title: 'The name begins with __Host-, unless the cookie is meant for several hosts',
    docs: 'docs/deployment.md#the-cookies-name',
    by: 'settings',
    judge: ({ options: { name, names, cookie } }) => {
      if (name.startsWith(HOST)) return met(`The cookie is named ${name}.${formerNames(names)}`);
      if (cookie.domain)
        return app(`cookie.domain gives the cookie to all hosts of ${cookie.domain}: say why they need it.`);
      return setting(
        `The cookie is named ${name}: another host of the domain could set it.`,
        fixName(HOST, name),
      );
    },
  },
  {
    requirement: '3.3.4',
    level: 2,
    title: 'No script reads the session ID: HttpOnly, and sent in Set-Cookie alone',
    docs: 'docs/security.md#the-id-and-its-cookie',
    by: 'settings',
    judge: ({ options: { cookie } }) =>
      cookie.httpOnly
        ? met('HttpOnly. The library sends the ID in Set-Cookie alone; never pass on what id() returns.')
        : setting('cookie.httpOnly is false, so scripts read the session ID.', 'Leave cookie.httpOnly out.'),
  },
  {
    requirement: '3.3.5',
    level: 3,
    title: 'Name and value of the cookie have 4096 bytes at most',
    docs: 'docs/security.md#the-id-and-its-cookie',
    by: 'library',
    judge: ({ options: { name } }) => {
      const bytes = name.length + ENCODED * MAX_VALUE_LENGTH;
      const because = `The name and the longest value have ${bytes} bytes: the data is not in the cookie.`;
      return bytes <= MAX_BYTES ? met(because) : setting(because, 'Give name fewer letters.');
    },
  },
];

function formerNames([, ...former]: readonly string[]): string {
  return former.length > 0 ? ` It is also read as ${former.join(', ')}: remove that name in time.` : '';
}
