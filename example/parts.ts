/** The parts of this example, for the navigation and the overview. */
export const parts: readonly {
  href: string;
  title: string;
  call: string;
  about: string;
  prefetch?: false;
}[] = [
  {
    href: '/counter',
    title: 'Counter',
    call: 'session()',
    about: 'A Route Handler that loses no click, however many arrive at once.',
  },
  {
    href: '/name',
    title: 'Name form',
    call: 'session()',
    about: 'A Server Action that checks its input and writes one key.',
  },
  {
    href: '/sign-in',
    title: 'Sign in',
    call: 'session()',
    about: 'A new session ID at sign-in, and nothing left behind at sign-out.',
  },
  {
    href: '/account',
    title: 'Account',
    call: 'session.user(id)',
    about: 'Behind the proxy: where a user is signed in, and a way out of each.',
    prefetch: false,
  },
  {
    href: '/tokens',
    title: 'Tokens',
    call: 'session().refresh',
    about: 'An access token that ends every minute, renewed once however many ask.',
    prefetch: false,
  },
  {
    href: '/legacy',
    title: 'Pages Router',
    call: 'session(req, res)',
    about: 'The same session from getServerSideProps and an API route.',
    prefetch: false,
  },
  {
    href: '/traces',
    title: 'Traces',
    call: 'onEvent, OpenTelemetry',
    about: 'Every call of the store as a span, and how long it took, live.',
    prefetch: false,
  },
  {
    href: '/testing',
    title: 'Testing',
    call: 'createSessionTester',
    about: 'A store that fails, a race, and next week: run while you watch.',
  },
];
