import { session } from '../lib/session';

export default async function Layout({ children }) {
  const n = await session().get('n');
  return (
    <html lang="en">
      <body>
        <header>layout: {String(n)}</header>
        {children}
      </body>
    </html>
  );
}
