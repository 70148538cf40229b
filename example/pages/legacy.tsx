import type { GetServerSideProps } from 'next';
import Head from 'next/head';
import { useState } from 'react';
import { FormError } from '@/components/form-error';
import { Page } from '@/components/page';
import { Sample } from '@/components/sample';
import { SessionView } from '@/components/session-view';
import { describeSession, type SessionSummary } from '@/lib/describe-session';
import { formErrors } from '@/lib/form';
import { session } from '@/lib/session';
import { samples } from '@/samples';

type Props = { visits: number; summary: SessionSummary };

export const getServerSideProps: GetServerSideProps<Props> = async ({ req, res }) => {
  const handle = session(req, res);
  await handle.update((data) => {
    data.legacyVisits = (data.legacyVisits ?? 0) + 1;
  });
  const summary = await describeSession(handle);
  return { props: { visits: summary.data.legacyVisits ?? 0, summary } };
};

export default function LegacyPage({ visits, summary }: Props) {
  const [failed, setFailed] = useState(false);

  async function startOver() {
    const response = await fetch('/api/legacy', { method: 'DELETE' }).catch(() => null);
    if (response?.ok) window.location.reload();
    else setFailed(true);
  }

  return (
    <>
      <Head>
        <title>Pages Router · next-app-session</title>
      </Head>
      <Page
        title="Pages Router"
        where="getServerSideProps"
        lead="An app that moves to the App Router page by page keeps one session. This page lives in the old router, and reads and writes the same record."
        docs={{ 'The Pages Router': 'docs/sessions.md#the-pages-router' }}
      >
        <div className="demo">
          <p className="count">
            <span id="visits-label">Visits to this page</span>
            <output aria-labelledby="visits-label">{visits}</output>
          </p>
          <FormError>{failed && formErrors.unreachable}</FormError>
          <div className="actions">
            <button type="button" onClick={startOver}>
              Start over
            </button>
          </div>
        </div>
        <SessionView summary={summary} />
        <div className="samples">
          <Sample {...samples.legacy}>
            There is no request scope in the Pages Router, so the session takes <code>req</code> and{' '}
            <code>res</code>.
          </Sample>
          <Sample {...samples.legacyApi}>API routes do the same.</Sample>
        </div>
      </Page>
    </>
  );
}
