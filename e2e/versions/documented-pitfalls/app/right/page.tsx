import Link from 'next/link';
import { SignOutForm } from '../sign-out/sign-out-form';

export default function Page() {
  return (
    <>
      <SignOutForm />
      <Link href="/sign-out">A link to a handler that only has a POST</Link>
    </>
  );
}
