import { session } from '../../lib/session';
import { NameForm } from './name-form';

export default async function Page() {
  return <NameForm name={await session().get('name')} />;
}
