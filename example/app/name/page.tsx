import type { Metadata } from 'next';
import { Page } from '@/components/page';
import { Sample } from '@/components/sample';
import { SessionPanel } from '@/components/session-panel';
import { session } from '@/lib/session';
import { samples } from '@/samples';
import { forgetName } from './actions';
import { NameForm } from './name-form';

export const metadata: Metadata = { title: 'Name form' };

export default async function NamePage() {
  const name = await session().get('name');
  return (
    <Page
      title="Name form"
      where="Server Action"
      lead="A form writes one key of the session. It works without JavaScript, too."
      docs={{ Methods: 'docs/reference.md#methods', 'What can be stored': 'docs/reference.md#values' }}
    >
      <div className="demo">
        <p className="greeting">{name ? `Hello, ${name}.` : 'Hello. We have not met yet.'}</p>
        <NameForm name={name} />
        {name && (
          <form action={forgetName}>
            <button type="submit" className="quiet">
              Forget my name
            </button>
          </form>
        )}
      </div>
      <SessionPanel />
      <div className="samples">
        <Sample {...samples.name}>
          <code>set</code> writes one key and leaves the others alone, whatever other requests do meanwhile.
          The first write is also what creates the session and sends the cookie.
        </Sample>
      </div>
    </Page>
  );
}
