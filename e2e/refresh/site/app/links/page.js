import Link from 'next/link';

export default function Page() {
  return [...Array(20).keys()].map((n) => (
    <p key={n}>
      <Link href={`/fresh?n=${n}`}>link {n}</Link>
    </p>
  ));
}
