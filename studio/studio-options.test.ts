import { expect, it } from 'vitest';
import { checkStudioOptions } from './studio-options.js';

it.each([
  {},
  { port: undefined, appUrl: undefined },
  { port: 0 },
  { port: 65_535 },
  { appUrl: 'https://app.test:8443/shop' },
])('takes %j', (options) => expect(() => checkStudioOptions(options)).not.toThrow());

it.each([
  [{ port: -1 }, 'startSessionStudio option port: give a number from 0'],
  [{ port: 65_536 }, 'option port'],
  [{ port: 1.5 }, 'option port'],
  [{ port: '5577' }, 'option port'],
  [{ appUrl: 'app.test' }, 'startSessionStudio option appUrl: give an address that begins with http'],
  [{ appUrl: 'localhost:3000' }, 'option appUrl'],
  [{ appUrl: 'javascript:alert(1)' }, 'option appUrl'],
  [{ appUrl: 'https://' }, 'option appUrl'],
  [{ appUrl: new URL('https://app.test') }, 'option appUrl'],
  [{ apUrl: 'https://app.test' }, 'Did you mean appUrl?'],
  ['https://app.test', 'give an object'],
])('refuses %j', (options, message) => {
  expect(() => checkStudioOptions(options as never)).toThrow(
    expect.objectContaining({ code: 'ERR_SESSION_OPTIONS', message: expect.stringContaining(message) }),
  );
});
