export default function App({ Component, pageProps, user }) {
  return (
    <>
      <p>app: {user}</p>
      <Component {...pageProps} />
    </>
  );
}

App.getInitialProps = async ({ ctx }) => {
  // It runs in the browser too, which must not get the module.
  if (typeof window === 'undefined') {
    const { session } = await import('../lib/session');
    return { user: (await session(ctx.req, ctx.res).get('user')) ?? 'nobody' };
  }
  return {};
};
