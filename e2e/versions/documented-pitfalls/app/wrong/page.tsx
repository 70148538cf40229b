import Link from 'next/link';

export default function Page() {
  return <Link href="/wrong/sign-out">Sign out</Link>;
}
