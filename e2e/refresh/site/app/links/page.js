import Link from 'next/link';

/** Links as they are by default, and with all that Next prefetches if it is told to. */
export default function Page() {
  return [...Array(20).keys()].map((n) => (
    <p key={n}>
      <Link href={`/fresh?n=${n}`} prefetch={n % 2 === 0 ? null : true}>
        link {n}
      </Link>
    </p>
  ));
}
