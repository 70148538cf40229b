// The entry for browsers (export conditions "browser" and "module"), where there are no sessions. Bundlers use it when
// a Client Component imports the package. No module has the name below, so that the build stops, with the name for its message.
// Otherwise Turbopack would send the session module to every visitor, with the secret if it is written there. Test
// runners with a DOM leave "module" out, and so get the real entries.
// @ts-expect-error: no module has this name.
import './A Client Component imports your session module, which runs on the server only (or a page with getInitialProps imports it). Read the session in a Server Component, Server Action or getServerSideProps instead';

/** The names of all entries that have this condition: without them, Turbopack complains of each as well. */
const missing = undefined;

export {
  missing as AppSession,
  missing as default,
  missing as MemoryStore,
  missing as promisifyStore,
  missing as RedisStore,
  missing as SessionError,
  missing as SqlStore,
};
