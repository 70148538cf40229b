import type { Metadata } from 'next';
import { Page } from '@/components/page';
import { Sample } from '@/components/sample';
import { SessionPanel } from '@/components/session-panel';
import { session } from '@/lib/session';
import { samples } from '@/samples';
import { Counter } from './counter';

export const metadata: Metadata = { title: 'Counter' };

export default async function CounterPage() {
  const count = await session().get('count');
  return (
    <Page
      title="Counter"
      where="Route Handler"
      lead="Click as fast as you like, or from two tabs at once: every click is a request of its own, and every one counts."
    >
      <div className="demo">
        <Counter initial={count ?? 0} />
      </div>
      <SessionPanel />
      <div className="samples">
        <Sample {...samples.counter}>
          Reading a value and writing it back would lose clicks that arrive together. <code>update</code>{' '}
          reads, changes and writes as one step.
        </Sample>
        <Sample {...samples.counterPage}>The page itself reads the same session while it renders.</Sample>
      </div>
    </Page>
  );
}
