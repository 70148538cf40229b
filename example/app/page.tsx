import { DocsLinks } from '@/components/docs-links';
import { PartLink } from '@/components/nav';
import { Sample } from '@/components/sample';
import { SessionPanel } from '@/components/session-panel';
import { parts } from '@/parts';
import { samples } from '@/samples';

export default function HomePage() {
  return (
    <div className="page home">
      <header className="intro">
        <h1>
          <span>The browser keeps an ID.</span> <span>The server keeps the rest.</span>
        </h1>
        <p className="lead">
          This app has one session, and uses it from every place in which Next.js runs code on the server.
          Each part shows the feature, the few lines that make it, and what your session holds right now.
        </p>
      </header>
      <section aria-labelledby="setup">
        <h2 id="setup">Set it up in one module</h2>
        <div className="samples">
          <Sample {...samples.setup}>
            One module of your app, such as lib/session.ts, makes the session. Everything else imports it. If
            the secret is undefined, this throws.
          </Sample>
        </div>
        <DocsLinks
          docs={{
            'Install it': 'README.md#install',
            Guide: 'docs/sessions.md',
            Reference: 'docs/reference.md',
            Stores: 'docs/stores.md',
            Security: 'docs/security.md',
          }}
        />
      </section>
      <SessionPanel />
      <section aria-labelledby="parts">
        <h2 id="parts">Eight parts, one session</h2>
        <ul className="parts">
          {parts.map(({ about, call, ...link }) => (
            <li key={link.href}>
              <h3>
                <PartLink {...link} />
              </h3>
              <p>{about}</p>
              <code>{call}</code>
            </li>
          ))}
        </ul>
      </section>
      <section aria-labelledby="more">
        <h2 id="more">The rest of it</h2>
        <div className="samples">
          <Sample {...samples.options}>
            This example sets more. The type says what a session may hold. The options say how long it lives,
            whose it is, and where it is kept.
          </Sample>
          <Sample {...samples.read}>
            Reading is a call away in any Server Component. The store is read once a request, however many
            components ask.
          </Sample>
        </div>
      </section>
    </div>
  );
}
