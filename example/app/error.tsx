'use client';

import { Page } from '@/components/page';

/** Shown when a page throws, such as when the session store is out of reach. Details stay in the server's log. */
export default function ErrorPage({ retry }: { error: Error; retry: () => void }) {
  return (
    <Page title="Something went wrong" where="Error" lead="The page could not be shown. Please try again.">
      <div className="actions">
        <button type="button" className="primary" onClick={retry}>
          Try again
        </button>
      </div>
    </Page>
  );
}
