// The entry for browsers (export condition "browser"), where there are no sessions: bundlers take it for what a Client
// Component imports. No module has the name below, so that the build stops, with the name for its message: otherwise
// Turbopack would send the session module to every visitor, with the secret if it is written there.

// @ts-expect-error: there is no such module.
import './A Client Component imports your session module, which runs on the server only (or a page with getInitialProps imports it). Read the session in a Server Component, Server Action or getServerSideProps instead';
