import Link from 'next/link';
import { SignOutForm } from '../sign-out/sign-out-form';

export default function Page() {
  return (
    <>
      <Link href="/settings" prefetch={true}>
        Settings
      </Link>
      <SignOutForm />
      <Link href="/sign-out">A link to a handler that only has a POST</Link>
    </>
  );
}
