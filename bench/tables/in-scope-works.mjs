export const WORKS = [
  'read 1',
  'read 5',
  'read 5 at once',
  'increment',
  'read, increment',
  'set',
  'create',
  'regenerate',
];

export const SIZES = [
  ['200 B', 200],
  ['4 KB', 4096],
];

/** Cookies that prove no session, made of one that does. */
export const BAD_COOKIES = {
  absent: () => '',
  forged: (cookie) => `${cookie.slice(0, -6)}AAAAAA`,
  malformed: (cookie) => `${cookie.split('=')[0]}=${'%00 {}'.repeat(20)}`,
};
