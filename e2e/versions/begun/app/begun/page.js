import * as actions from './actions';

export const dynamic = 'force-dynamic';

/** Shows the ID of each action, which a test posts as the browser does. */
export default function Page() {
  return Object.entries(actions).map(([name, action]) => (
    <form key={name} action={action} aria-label={name} />
  ));
}
